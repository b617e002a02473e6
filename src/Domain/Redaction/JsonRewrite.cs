using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EventMesh.Domain.Redaction;

/// <summary>Writes a JSON text anew, token by token: what is copied keeps its very bytes, white space apart.</summary>
internal ref struct JsonRewrite
{
    public delegate void Step(ref JsonRewrite rewrite);

    private readonly ReadOnlySpan<byte> json;
    private readonly ArrayBufferWriter<byte> output;
    private Utf8JsonReader reader;

    private JsonRewrite(ReadOnlySpan<byte> json)
    {
        this.json = json;
        output = new(json.Length + 16);
        reader = new(json, new JsonReaderOptions { MaxDepth = RedactionLimits.DepthMax });
    }

    /// <param name="root">Begins on the first token of the whole, and ends on its last.</param>
    /// <returns>Null when it is not JSON, or too deep.</returns>
    public static byte[]? Of(ReadOnlyMemory<byte> json, Step root)
    {
        try
        {
            var rewrite = new JsonRewrite(json.Span);
            rewrite.reader.Read();
            root(ref rewrite);
            // Looks at what follows; nothing may.
            rewrite.reader.Read();
            return rewrite.output.WrittenSpan.ToArray();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public readonly JsonTokenType Token => reader.TokenType;

    /// <summary>Goes to the next member of the object or item of the list, and writes the comma before it when it is not the first. False at its end.</summary>
    /// <param name="written">Whether the item will be written.</param>
    public bool Next(ref bool first, bool written = true)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) return false;
        if (!first && written) Write(","u8);
        first = false;
        return true;
    }

    /// <summary>The name of the member it is on; null when no text can hold it (half a surrogate pair).</summary>
    public readonly string? Name()
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes the member's name as it is, or <paramref name="instead"/>, and goes to its value.</summary>
    public void WriteName(string? instead = null)
    {
        if (instead is null) Quoted(reader.ValueSpan);
        else Quoted(Encoding.UTF8.GetBytes(instead));
        Write(":"u8);
        reader.Read();
    }

    /// <summary>Writes the value as it is, with everything below it.</summary>
    public void Copy()
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        Write(json[start..(int)reader.BytesConsumed]);
    }

    /// <summary>Writes a text in place of the value and of everything below it.</summary>
    /// <param name="text">ASCII, without a quote.</param>
    public void Replace(ReadOnlySpan<byte> text)
    {
        reader.Skip();
        Quoted(text);
    }

    /// <summary>Passes over the value and everything below it.</summary>
    public void Drop() => reader.Skip();

    public readonly void Write(ReadOnlySpan<byte> text) => output.Write(text);

    private readonly void Quoted(ReadOnlySpan<byte> text)
    {
        Write("\""u8);
        Write(text);
        Write("\""u8);
    }
}
