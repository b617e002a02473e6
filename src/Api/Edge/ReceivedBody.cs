using System.Buffers;
using System.IO.Pipelines;

namespace EventMesh.Api.Edge;

/// <summary>
/// A whole body in one piece: where it lies in the connection's own buffer, or copied once when it arrived in several.
/// Dispose it when it is no longer looked at.
/// </summary>
public readonly struct ReceivedBody : IDisposable
{
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
    /// <exception cref="ProblemException">It is larger.</exception>
    public static async ValueTask<ReceivedBody> Read(HttpRequest request, int bytesMax)
    {
        if (request.Headers.ContentEncoding.Count > 0 && request.Headers.ContentEncoding != "identity")
            throw Problem.UnsupportedMediaType.At("Content-Encoding", "is not accepted; send the body uncompressed");
        if (request.ContentLength > bytesMax) throw TooLarge(bytesMax);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted).ConfigureAwait(false);
            if (read.Buffer.Length > bytesMax)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw TooLarge(bytesMax);
            }
            if (read.IsCompleted) return new(request.BodyReader, read.Buffer);
            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static ProblemException TooLarge(int bytesMax) => Problem.TooLarge.At("body", $"has at most {bytesMax} bytes here");

    public void Dispose()
    {
        reader.AdvanceTo(end);
        if (copied is not null) ArrayPool<byte>.Shared.Return(copied);
    }
}
