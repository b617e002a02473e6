using System.Buffers;
using System.Buffers.Binary;

namespace EventMesh.EventStore.Feeds;

/// <summary>
/// A row as COPY sends it in its binary format (PostgreSQL's documentation, "COPY", File Formats): of each column its length and its bytes, texts in UTF-8. Nothing is
/// decoded that nobody asks for. One object stands for one row after the other; what it gives is good until the next.
/// </summary>
public sealed class CopiedRow : IDisposable
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Header = [.. "PGCOPY\n"u8, 0xff, .. "\r\n\0"u8, .. new byte[8]];
    private static readonly long MicrosecondsMin = (DateTimeOffset.MinValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond, MicrosecondsMax = (DateTimeOffset.MaxValue - Epoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private const int FirstBytes = 64 * 1024;
    private const int Growth = 4;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);
    private const short Trailer = -1;
    private const int Null = -1;
    private const byte JsonbVersion = 1;

    private readonly (int Start, int Length)[] columns;
    private readonly int gatherBytes;
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int begin, end;
    private bool begun, ended;

    internal CopiedRow(int count, int gatherBytes) => (columns, this.gatherBytes) = (new (int, int)[count], gatherBytes);

    public ReadOnlyMemory<byte> Bytes(int column) => Optional(column) ?? throw new InvalidOperationException($"Column {column} of a copied row is null.");

    /// <returns>Null for a column that is null.</returns>
    public ReadOnlyMemory<byte>? Optional(int column)
    {
        var (start, length) = columns[column];
        // Of a plain null an empty memory would be made, not none.
        return length == Null ? default(ReadOnlyMemory<byte>?) : buffer.AsMemory(start, length);
    }

    public long Long(int column) => BinaryPrimitives.ReadInt64BigEndian(Bytes(column).Span);

    public bool Bool(int column) => Bytes(column).Span[0] != 0;

    public Guid Guid(int column) => new(Bytes(column).Span, bigEndian: true);

    /// <summary>Of a <c>timestamptz</c>, to the microsecond.</summary>
    /// <exception cref="FormatException">It is infinite, or of a year that no calendar of .NET has.</exception>
    public DateTimeOffset Time(int column)
    {
        var microseconds = Long(column);
        return microseconds >= MicrosecondsMin && microseconds <= MicrosecondsMax
            ? Epoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond)
            : throw new FormatException($"{microseconds} µs from the year 2000 on is no time.");
    }

    /// <summary>The text of a <c>jsonb</c>; null for a column that is null.</summary>
    public ReadOnlyMemory<byte>? Json(int column) => Optional(column) switch
    {
        null => default(ReadOnlyMemory<byte>?),
        { Span: [JsonbVersion, ..] } json => json[1..],
        _ => throw new InvalidOperationException("PostgreSQL sent jsonb in a form that is not known here."),
    };

    /// <summary>Goes on to the next row.</summary>
    /// <param name="copy">All that COPY sends.</param>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="InvalidOperationException">What came is not what COPY sends, or has another number of columns.</exception>
    internal async ValueTask<bool> Read(Stream copy, CancellationToken stop)
    {
        while (true)
        {
            if (!begun && end >= Header.Length)
            {
                if (!buffer.AsSpan(0, Header.Length).SequenceEqual(Header)) throw new InvalidOperationException("PostgreSQL sent a copy in a form that is not known here.");
                (begin, begun) = (Header.Length, true);
            }
            if (begun && end - begin >= sizeof(short))
            {
                var count = BinaryPrimitives.ReadInt16BigEndian(buffer.AsSpan(begin));
                if (count == Trailer) return false;
                if (count != columns.Length) throw new InvalidOperationException($"A row of {columns.Length} columns came with {count}.");
                if (Whole()) return true;
            }
            if (ended) throw new InvalidOperationException("A copy ended within a row.");
            if (begun) (begin, end) = Front();
            await Gather(copy, stop).ConfigureAwait(false);
        }
    }

    private async ValueTask Gather(Stream copy, CancellationToken stop)
    {
        // Of a row that is larger than what is gathered more must come, too.
        for (var enough = Math.Max(gatherBytes, end + 1); end < enough && !ended;)
        {
            if (end == buffer.Length) Grow();
            var coming = copy.ReadAsync(buffer.AsMemory(end), stop);
            // To be woken for every few rows would cost more than all that is done with them.
            if (!coming.IsCompleted) await Task.Delay(Gathering, CancellationToken.None).ConfigureAwait(false);
            var read = await coming.ConfigureAwait(false);
            ended = read == 0;
            end += read;
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * Growth);
        buffer.AsSpan(0, end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }

    // Whether the row has come whole; then what follows it comes next.
    private bool Whole()
    {
        var at = begin + sizeof(short);
        for (var column = 0; column < columns.Length; column++)
        {
            if (end - at < sizeof(int)) return false;
            var length = BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at));
            at += sizeof(int);
            columns[column] = (at, length);
            if (length == Null) continue;
            if (end - at < length) return false;
            at += length;
        }
        begin = at;
        return true;
    }

    private (int Begin, int End) Front()
    {
        if (begin > 0) buffer.AsSpan(begin..end).CopyTo(buffer);
        return (0, end - begin);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
