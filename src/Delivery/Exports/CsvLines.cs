using System.Buffers;
using System.Buffers.Text;
using System.Text;
using EventMesh.EventStore.Reading;

namespace EventMesh.Delivery.Exports;

/// <summary>
/// Events as lines of CSV (RFC 4180): the names of the columns first, CR LF behind each line, cells in quotes where they must be. Times, data and headers are as in the feed's lines; what is
/// absent is an empty cell. Cells are what is stored: whoever opens them in a spreadsheet imports text, not formulas.
/// </summary>
internal static class CsvLines
{
    private static readonly SearchValues<byte> Quoted = SearchValues.Create(",\"\r\n"u8);

    public static void Header(IBufferWriter<byte> output, bool includeData) =>
        output.Write(includeData ? "position,id,workspace,stream,version,type,at,actor,correlation_id,causation_id,elevation,from,dotnet_type,headers,data,payload\r\n"u8
            : "position,id,workspace,stream,version,type,at,actor,correlation_id,causation_id,elevation,from,dotnet_type,headers,data\r\n"u8);

    /// <param name="body">Of a published event, JSON; nothing when there is none or it has expired.</param>
    public static void Write(IBufferWriter<byte> output, WholeEvent stored, bool includeData, ReadOnlySpan<byte> body)
    {
        var of = stored.Event;
        Cell(output, of.Position.ToString());
        Next(output, stored.Id.ToString());
        Next(output, of.Workspace);
        Next(output, of.Stream);
        Number(output, of.Version);
        Next(output, of.Type);
        Time(output, of.At.UtcDateTime);
        Next(output, of.Actor);
        Next(output, of.CorrelationId);
        Next(output, of.CausationId);
        Next(output, of.Elevation);
        Next(output, of.From);
        Next(output, stored.DotnetType);
        output.Write(","u8);
        if (stored.Headers is { } headers) Cell(output, headers.Span);
        output.Write(","u8);
        Cell(output, of.Data.Span);
        if (includeData)
        {
            output.Write(","u8);
            Cell(output, body);
        }
        output.Write("\r\n"u8);
    }

    private static void Next(IBufferWriter<byte> output, string? text)
    {
        output.Write(","u8);
        if (text is not null) Cell(output, text);
    }

    private static void Cell(IBufferWriter<byte> output, string text)
    {
        Span<byte> bytes = text.Length <= 256 ? stackalloc byte[1024] : new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        Cell(output, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
    }

    private static void Cell(IBufferWriter<byte> output, ReadOnlySpan<byte> cell)
    {
        if (cell.IndexOfAny(Quoted) < 0)
        {
            output.Write(cell);
            return;
        }
        output.Write("\""u8);
        for (int quote; (quote = cell.IndexOf((byte)'"')) >= 0; cell = cell[(quote + 1)..])
        {
            output.Write(cell[..(quote + 1)]);
            output.Write("\""u8);
        }
        output.Write(cell);
        output.Write("\""u8);
    }

    private static void Number(IBufferWriter<byte> output, long number)
    {
        output.Write(","u8);
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out var written);
        output.Advance(written);
    }

    private static void Time(IBufferWriter<byte> output, DateTime at)
    {
        output.Write(","u8);
        at.TryFormat(output.GetSpan(32), out var written, "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
        output.Advance(written);
    }
}
