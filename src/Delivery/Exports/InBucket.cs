using System.Text;
using System.Text.Json;
using EventMesh.Connectors.S3;
using EventMesh.Delivery.Secrets;
using EventMesh.Domain;
using EventMesh.Domain.Exports;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore.Feeds;

namespace EventMesh.Delivery.Exports;

/// <summary>An object in a bucket, put there by a multipart upload whose parts are those of the export. Beside it lie its checkpoint and a description of both.</summary>
/// <param name="partsMax">How many the store takes.</param>
/// <param name="pauses">Before each further try, when the store does not answer.</param>
internal sealed class InBucket(S3Client s3, SecretResolver secrets, ExportSpec spec, string key, int partsMax, TimeProvider clock, IReadOnlyList<TimeSpan> pauses) : IExportPlace
{
    /// <summary>Half a second, doubling up to half a minute: nine minutes in all.</summary>
    public static readonly IReadOnlyList<TimeSpan> Pauses = [.. Enumerable.Range(0, 23).Select(n => TimeSpan.FromSeconds(Math.Min(30, 0.5 * Math.Pow(2, n))))];

    private static readonly JsonSerializerOptions Written = new(EventStore.EventTypes.Json) { WriteIndented = true };

    public string? Object => key;
    public long BytesMax => long.MaxValue;
    public int PartsMax => partsMax;

    public async Task<string?> Open(ExportRow export, CancellationToken stop)
    {
        if (export.Upload is not { } upload) return await Try(export, target => s3.BeginUpload(target, key, spec.ContentType, stop), stop).ConfigureAwait(false);
        // What was uploaded and not written down is uploaded again; what was written down has to be there.
        var there = await Try(export, target => s3.ListParts(target, key, upload, stop), stop).ConfigureAwait(false);
        return there is null || there.Count >= export.Parts || await IsThere(export, stop).ConfigureAwait(false) ? upload : throw new ExportFailed(ExportFault.UploadGone);
    }

    public async Task<(string? ETag, byte[]? Sealed)> Put(ExportRow export, int number, byte[] bytes, CancellationToken stop) =>
        ((await Try(export, target => s3.UploadPart(target, key, export.Upload!, number, bytes, stop), stop).ConfigureAwait(false)).ETag, null);

    public Task<byte[]?> Get(ExportRow export, int number, CancellationToken stop) => Task.FromResult<byte[]?>(null);

    public async Task Complete(ExportRow export, IReadOnlyList<ExportPart> parts, CancellationToken stop)
    {
        await Try(export, async target =>
        {
            try
            {
                await s3.CompleteUpload(target, key, export.Upload!, [.. parts.Select(p => new S3Part(p.Number, p.ETag!, p.Bytes))], stop).ConfigureAwait(false);
            }
            // Completed before a crash, or by a try whose answer was lost.
            catch (S3Failed gone) when (gone.UploadGone)
            {
                if (await s3.SizeOf(target, key, stop).ConfigureAwait(false) != export.Bytes) throw;
            }
            return true;
        }, stop).ConfigureAwait(false);
        if (export.Checkpoint is { } note) await Beside(export, ".checkpoint", Encoding.UTF8.GetBytes(note), "text/plain; charset=utf-8", stop).ConfigureAwait(false);
        var description = new Description(export.Id, export.Workspace, key, export.Asked, export.After.ToString()!, export.End.ToString()!, export.Events, export.Bytes, [.. parts.Select(p => new Description.Part(p.Number, p.FirstByte, p.Bytes, p.Events, p.Sha256))]);
        await Beside(export, ".json", JsonSerializer.SerializeToUtf8Bytes(description, Written), "application/json", stop).ConfigureAwait(false);
    }

    public async Task Abort(ExportRow export, LeaseSession lease, CancellationToken stop)
    {
        if (export.Upload is not { } upload) return;
        await Try(export, async target =>
        {
            await s3.AbortUpload(target, key, upload, stop).ConfigureAwait(false);
            return true;
        }, stop).ConfigureAwait(false);
    }

    private Task Beside(ExportRow export, string suffix, byte[] bytes, string type, CancellationToken stop) => Try(export, async target =>
    {
        await s3.PutObject(target, key + suffix, bytes, type, stop).ConfigureAwait(false);
        return true;
    }, stop);

    private Task<bool> IsThere(ExportRow export, CancellationToken stop) =>
        Try(export, async target => await s3.SizeOf(target, key, stop).ConfigureAwait(false) == export.Bytes, stop);

    /// <summary>Tries until the store answers, with the credential as it is by then.</summary>
    /// <exception cref="ExportFailed">It refuses, or does not answer for too long.</exception>
    private async Task<T> Try<T>(ExportRow export, Func<S3Target, Task<T>> ask, CancellationToken stop)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await ask(await Target(export, stop).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (S3Failed failed) when (failed.UploadGone)
            {
                throw new ExportFailed(ExportFault.UploadGone);
            }
            catch (S3Failed failed) when (!failed.MayPass || tries == pauses.Count)
            {
                throw new ExportFailed(failed.MayPass ? ExportFault.TargetUnavailable : ExportFault.TargetRefused, failed.Code);
            }
            catch (S3Failed)
            {
                // It may pass.
            }
            await Task.Delay(pauses[tries], clock, stop).ConfigureAwait(false);
        }
    }

    private async Task<S3Target> Target(ExportRow export, CancellationToken stop)
    {
        try
        {
            var secret = await secrets.Resolve(RunContext.Of(export), spec.To.Credential!, SecretPurpose.Export, stop: stop).ConfigureAwait(false);
            return S3Secret.Parse(secret.Bytes) is { } credential ? Of(spec.To, credential) : throw new ExportFailed(ExportFault.CredentialMissing);
        }
        catch (Refused)
        {
            throw new ExportFailed(ExportFault.CredentialMissing);
        }
    }

    private static S3Target Of(ExportTarget to, S3Credential credential) =>
        new(to.Endpoint is null ? null : new Uri(to.Endpoint), to.Region!, to.Bucket!, to.PathStyle ?? to.Endpoint is not null, credential);

    private sealed record Description(string Export, string Workspace, string Object, ExportSpec Asked, string After, string End, long Events, long Bytes, IReadOnlyList<Description.Part> Parts)
    {
        public sealed record Part(int Number, long FirstByte, long Bytes, long Events, string Sha256);
    }
}
