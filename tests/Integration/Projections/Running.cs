using EventMesh.EventStore;
using EventMesh.Projections.Deliveries;
using EventMesh.Projections.Running;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace EventMesh.Tests.Integration.Projections;

/// <summary>A runner at work, until it is let go.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();

    private Running(ProjectionRunner runner)
    {
        Runner = runner;
        Ended = Task.Run(() => runner.Run(stop.Token));
    }

    public ProjectionRunner Runner { get; }
    public Task Ended { get; }

    public static Running Start(Store store, int pageEvents = ProjectionRunner.PageEvents, Projection? projection = null) =>
        new(new(store, projection ?? DeliveriesProjection.Projection, NullLogger.Instance, pageEvents));

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Ended.ContinueWith(_ => { }, TaskScheduler.Default);
        if (Ended.IsFaulted) await Ended;
        stop.Dispose();
    }
}

/// <summary>A projection that keeps no rows.</summary>
internal sealed class Nothing : ProjectionFold
{
    public override int Rows => 0;
    public override void Clear() { }
    public override void Take(Position position, string workspace, string stream, string type, ReadOnlySpan<byte> data) { }
    public override IEnumerable<NpgsqlBatchCommand> Upsert(string table, int? generation, int rowsMax) => [];
    public override Task Copy(NpgsqlConnection connection, string table, int rowsMax, CancellationToken stop) => Task.CompletedTask;
}
