using System.Buffers;

namespace EventMesh.Connectors;

/// <summary>What is kept of an answer.</summary>
/// <param name="Broken">Why the body could not be read to its end or its limit; null when it could.</param>
internal readonly record struct Response(ReadOnlyMemory<byte> Body, string? ContentType, Exception? Broken)
{
    private const int ContentTypeCharsMax = 256;

    /// <summary>Reads to the end or to <see cref="Outcome.ResponseBytesMax"/>, and no further: a socket with more to say is closed.</summary>
    public static async ValueTask<Response> Read(HttpResponseMessage message, CancellationToken deadline)
    {
        var contentType = ContentTypeOf(message);
        if (message.Content.Headers.ContentLength == 0) return new(default, contentType, null);

        var buffer = ArrayPool<byte>.Shared.Rent(Outcome.ResponseBytesMax);
        var length = 0;
        try
        {
            await using var stream = await message.Content.ReadAsStreamAsync(deadline);
            while (length < Outcome.ResponseBytesMax)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length, Outcome.ResponseBytesMax - length), deadline);
                if (read == 0) break;
                length += read;
            }
            return new(buffer.AsSpan(0, length).ToArray(), contentType, null);
        }
        catch (Exception thrown) when (thrown is IOException or OperationCanceledException or HttpRequestException)
        {
            return new(buffer.AsSpan(0, length).ToArray(), contentType, thrown);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string? ContentTypeOf(HttpResponseMessage message)
    {
        if (!message.Content.Headers.NonValidated.TryGetValues("Content-Type", out var values)) return null;
        var text = values.ToString();
        return text.Length <= ContentTypeCharsMax && HeaderRules.IsPrintable(text) ? text : null;
    }
}
