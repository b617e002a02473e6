using System.Buffers;
using System.IO.Pipelines;

namespace EventMesh.Api.Edge;

/// <summary>
/// A whole body in one piece: where it lies in the connection's own buffer, or copied once when it arrived in several.
/// Dispose it when it is no longer looked at.
/// </summary>
public readonly struct ReceivedBody : IDisposable
{
    /// <summary>How long a body may take. The server's least rate alone would let one of 1 MiB take an hour.</summary>
    public static readonly TimeSpan ArrivesWithin = TimeSpan.FromSeconds(30);

    private readonly PipeReader reader;
    private readonly SequencePosition end;
    private readonly byte[]? copied;

    private ReceivedBody(PipeReader reader, ReadOnlySequence<byte> whole)
    {
        this.reader = reader;
        end = whole.End;
        if (whole.IsSingleSegment)
        {
            Bytes = whole.First;
            return;
        }
        var length = (int)whole.Length;
        copied = ArrayPool<byte>.Shared.Rent(length);
        whole.CopyTo(copied);
        Bytes = copied.AsMemory(0, length);
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <param name="bytesMax">The largest size that is accepted.</param>
    /// <param name="within"><see cref="ArrivesWithin"/> by default.</param>
    /// <exception cref="ProblemException">It is larger, or comes too slowly.</exception>
    public static async ValueTask<ReceivedBody> Read(HttpRequest request, int bytesMax, TimeSpan? within = null)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
            throw Problem.UnsupportedMediaType.At("Content-Encoding", "is not accepted; send the body uncompressed");
        if (request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        var (reader, aborted) = (request.BodyReader, request.HttpContext.RequestAborted);
        // Most bodies are there at the first look; only one that is not is worth a timer.
        var read = Bounded(reader, await reader.ReadAsync(aborted).ConfigureAwait(false), bytesMax);
        if (read.IsCompleted) return new(reader, read.Buffer);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        late.CancelAfter(within ?? ArrivesWithin);
        try
        {
            do
            {
                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                read = Bounded(reader, await reader.ReadAsync(late.Token).ConfigureAwait(false), bytesMax);
            }
            while (!read.IsCompleted);
            return new(reader, read.Buffer);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw Problem.Timeout.With($"The body did not arrive within {(within ?? ArrivesWithin).TotalSeconds} seconds.");
        }
    }

    private static ReadResult Bounded(PipeReader reader, ReadResult read, int bytesMax)
    {
        if (read.Buffer.Length <= bytesMax) return read;
        reader.AdvanceTo(read.Buffer.End);
        throw TooLarge(bytesMax);
    }

    private static ProblemException TooLarge(int bytesMax) => Problem.TooLarge.At("body", $"has at most {bytesMax} bytes here");

    public void Dispose()
    {
        reader.AdvanceTo(end);
        if (copied is not null) ArrayPool<byte>.Shared.Return(copied);
    }
}
