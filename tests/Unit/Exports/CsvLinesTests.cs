using System.Buffers;
using System.Text;
using System.Text.Json;
using EventMesh.Delivery.Exports;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Exports;

public class CsvLinesTests
{
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero).AddTicks(1_230);

    [Fact]
    public void The_first_line_names_the_columns()
    {
        var header = new ArrayBufferWriter<byte>();
        CsvLines.Header(header, includeData: false);
        Assert.Equal("position,id,workspace,stream,version,type,at,actor,correlation_id,causation_id,elevation,from,dotnet_type,headers,data\r\n", Encoding.UTF8.GetString(header.WrittenSpan));
    }

    [Fact]
    public void An_event_is_one_line_in_the_order_of_the_columns() => Assert.Equal(
        "00000000000a-00000000000b,00000000-0000-0000-0000-000000000001,acme,con_1,3,connection_created,2026-11-21T08:00:00.000123Z,key_1,cor,,,192.0.2.0/24,Some.Type,\"{\"\"a\"\":1}\",\"{\"\"name\"\":\"\"x, y\"\"}\"\r\n",
        Line(Event("cor", null, "{\"name\":\"x, y\"}")));

    [Fact]
    public void What_is_read_back_is_what_was_written() => Prop.ForAll(ArbMap.Default.ArbFor<(string Correlation, string Causation, string Data, string Body)>(), texts =>
    {
        var (correlation, causation) = (Whole(texts.Correlation), Whole(texts.Causation));
        var data = JsonSerializer.Serialize(Whole(texts.Data));
        var body = JsonSerializer.Serialize(new { of = Whole(texts.Body) });
        var cells = Read(Line(Event(correlation, causation, data), Encoding.UTF8.GetBytes(body)));
        Assert.Equal(16, cells.Count);
        Assert.Equal((correlation, causation, data, body), (cells[8], cells[9], cells[14], cells[15]));
    }).QuickCheckThrowOnFailure();

    // Halves of surrogate pairs are stored nowhere.
    private static string Whole(string? text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));

    private static WholeEvent Event(string? correlation, string? causation, string data) => new(
        new(new(10, 11), "acme", "con_1", 3, "connection_created", Encoding.UTF8.GetBytes(data), At, correlation, causation, "key_1", null) { From = "192.0.2.0/24" },
        new Guid(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), "Some.Type", Encoding.UTF8.GetBytes("{\"a\":1}"), false, null);

    private static string Line(WholeEvent stored, byte[]? body = null)
    {
        var line = new ArrayBufferWriter<byte>();
        CsvLines.Write(line, stored, body is not null, body);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    /// <summary>RFC 4180, as somebody else would read it.</summary>
    private static List<string> Read(string line)
    {
        var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (quoted && line[i] == '"' && line[i + 1] == '"') cell.Append(line[i++]);
            else if (line[i] == '"') quoted = !quoted;
            else if (!quoted && (line[i] == ',' || line[i..] == "\r\n"))
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (line[i] == '\r') break;
            }
            else cell.Append(line[i]);
        }
        return cells;
    }
}
