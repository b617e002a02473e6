using System.Globalization;
using System.Security.Cryptography;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using EventMesh.EventStore.Sealing;

namespace EventMesh.Api.Hosting;

/// <summary>
/// A master key that AWS KMS holds and that never leaves it. Data keys are wrapped with an encryption context of workspace and number, so that KMS itself refuses to open one as another's,
/// and its log says whose key was opened. Keys that wrapped earlier still open, as long as KMS lets this process use them.
/// </summary>
public sealed class KmsMasterKeys : IMasterKeys, IDisposable
{
    /// <summary>Ids of KMS keys carry it, so that no key of a file is taken for one.</summary>
    public const string Prefix = "kms:";

    private readonly string key;
    private readonly AmazonKeyManagementServiceClient kms;

    /// <param name="key">Id, alias or ARN.</param>
    /// <param name="endpoint">Null for that of the region, which, like the credentials, comes from the usual variables of AWS.</param>
    /// <exception cref="MasterKeysRefused">There is no region or the endpoint is no address.</exception>
    public KmsMasterKeys(string key, string? endpoint)
    {
        this.key = key;
        if (endpoint is not null && !(Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")) throw new MasterKeysRefused("EVENTMESH_MASTER_KEY_KMS_ENDPOINT is not an http or https address.");
        try
        {
            var config = new AmazonKeyManagementServiceConfig { Timeout = TimeSpan.FromSeconds(5), MaxErrorRetry = 2 };
            if (endpoint is not null)
            {
                config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? "us-east-1";
                config.ServiceURL = endpoint;
            }
            kms = new(config);
        }
        catch (AmazonClientException wrong)
        {
            throw new MasterKeysRefused($"AWS KMS cannot be reached: {wrong.Message}");
        }
    }

    public string Current => Prefix + key;

    public Task<WrappedKey> Wrap(byte[] dataKey, string workspace, int number, CancellationToken stop) => Ask(Current, async () =>
    {
        using var plain = new MemoryStream(dataKey, writable: false);
        var answer = await kms.EncryptAsync(new EncryptRequest { KeyId = key, Plaintext = plain, EncryptionContext = Context(workspace, number) }, stop).ConfigureAwait(false);
        return new WrappedKey(Current, answer.CiphertextBlob.ToArray());
    });

    public Task<byte[]> Unwrap(WrappedKey wrapped, string workspace, int number, CancellationToken stop)
    {
        if (!wrapped.MasterKey.StartsWith(Prefix, StringComparison.Ordinal)) throw new MasterKeyMissing(wrapped.MasterKey);
        return Ask(wrapped.MasterKey, async () =>
        {
            try
            {
                using var blob = new MemoryStream(wrapped.Bytes, writable: false);
                var answer = await kms.DecryptAsync(
                    new DecryptRequest { KeyId = wrapped.MasterKey[Prefix.Length..], CiphertextBlob = blob, EncryptionContext = Context(workspace, number) }, stop).ConfigureAwait(false);
                var dataKey = answer.Plaintext.ToArray();
                CryptographicOperations.ZeroMemory(answer.Plaintext.GetBuffer());
                return dataKey;
            }
            catch (InvalidCiphertextException broken)
            {
                throw SealBroken.Of(workspace, number, broken);
            }
            catch (Exception gone) when (gone is NotFoundException or IncorrectKeyException)
            {
                throw new MasterKeyMissing(wrapped.MasterKey);
            }
        });
    }

    /// <summary>KMS knows its keys itself.</summary>
    public Task Reload(CancellationToken stop) => Task.CompletedTask;

    private static Dictionary<string, string> Context(string workspace, int number) => new(StringComparer.Ordinal)
    {
        ["eventmesh:workspace"] = workspace,
        ["eventmesh:data-key"] = number.ToString(CultureInfo.InvariantCulture),
    };

    private static async Task<T> Ask<T>(string id, Func<Task<T>> question)
    {
        try
        {
            return await question().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is AmazonServiceException or AmazonClientException or HttpRequestException or TaskCanceledException { InnerException: TimeoutException })
        {
            throw new MasterKeyUnavailable(id, failure);
        }
    }

    public void Dispose() => kms.Dispose();
}
