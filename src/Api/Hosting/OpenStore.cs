using EventMesh.Delivery;
using EventMesh.Domain.Encryption;
using EventMesh.EventStore;
using EventMesh.EventStore.Migrations;
using EventMesh.EventStore.Sealing;
using EventMesh.Projections.Index;
using Npgsql;

namespace EventMesh.Api.Hosting;

/// <summary>Opens the event store at start, waiting a while for a database that is starting too.</summary>
public static partial class OpenStore
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <exception cref="SettingRefused">The database is not there after a minute, or does not let us in; or the master keys are not those of what it holds.</exception>
    public static async Task<Store> Run(Settings settings, TimeProvider clock, ILogger log)
    {
        var began = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await Open(settings.Postgres, await OpenMasterKeys.Of(settings).ConfigureAwait(false), OpenMasterKeys.ErasureKeysOf(settings)).ConfigureAwait(false);
            }
            catch (MasterKeysRefused refused)
            {
                throw new SettingRefused(OpenMasterKeys.SettingOf(settings), $"cannot be used. {refused.Message}");
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
            {
                if (!MayPass(failure) || clock.GetElapsedTime(began) > Patience)
                    throw new SettingRefused("EVENTMESH_POSTGRES", $"leads to a database that cannot be used: {Reason(failure)}");
                Waiting(log, Reason(failure));
            }
            await Task.Delay(Pause, clock).ConfigureAwait(false);
        }
    }

    /// <param name="masterKeys">Null seals nothing, which no process of ours asks for: it is the floor that sealing is measured against.</param>
    public static Task<Store> Open(string postgres, IMasterKeys? masterKeys, ErasureKeys? erasureKeys = null) => Store.Open(
        new(postgres, MasterKeys: masterKeys, ErasureKeys: erasureKeys, DataKeyCreated: (number, masterKey, at) => new DataKeysEvent.DataKeyCreated(number, masterKey, at)), ConfigurationEvents.All,
        [.. Migration.In(typeof(IndexFollower).Assembly, "projections"), .. Migration.In(typeof(FanOut).Assembly, "delivery"), .. Migration.In(typeof(OpenStore).Assembly, "api")]);

    // Starting up (57P03), too many connections (53300) and no answer pass; a wrong password or a missing database does not, except that
    // a container of PostgreSQL may be asked before it has made its database.
    private static bool MayPass(Exception failure) =>
        failure is not PostgresException refusal || refusal.IsTransient || refusal.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.InvalidCatalogName;

    private static string Reason(Exception failure) => failure is PostgresException refusal ? refusal.MessageText : (failure.InnerException ?? failure).Message;

    [LoggerMessage(EventName = "database.waiting", Level = LogLevel.Warning, Message = "The database does not answer yet: {Reason}")]
    private static partial void Waiting(ILogger log, string reason);
}
