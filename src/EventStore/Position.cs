using System.Globalization;

namespace EventMesh.EventStore;

/// <summary>
/// Where an event stands in the order of the feed: the transaction that wrote it (PostgreSQL's 64-bit transaction id), then its sequence number.
/// Its text, two hexadecimal numbers of 12 digits, sorts as positions do.
/// </summary>
public readonly record struct Position(ulong Transaction, long Sequence) : IComparable<Position>
{
    /// <summary>Before the first event.</summary>
    public static readonly Position Start;

    /// <summary>Greater than every sequence number: a position that closes its transaction.</summary>
    public const long SequenceMax = 0xffff_ffff_ffff;

    public int CompareTo(Position other) =>
        Transaction != other.Transaction ? Transaction.CompareTo(other.Transaction) : Sequence.CompareTo(other.Sequence);

    public static bool operator <(Position left, Position right) => left.CompareTo(right) < 0;
    public static bool operator >(Position left, Position right) => left.CompareTo(right) > 0;
    public static bool operator <=(Position left, Position right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Position left, Position right) => left.CompareTo(right) >= 0;

    /// <summary>How long its text is.</summary>
    public const int TextBytes = 25;

    /// <summary>Writes its text.</summary>
    /// <param name="destination">Of <see cref="TextBytes"/> bytes.</param>
    public void Write(Span<byte> destination)
    {
        Transaction.TryFormat(destination, out _, "x12", CultureInfo.InvariantCulture);
        destination[12] = (byte)'-';
        Sequence.TryFormat(destination[13..], out _, "x12", CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction:x12}-{Sequence:x12}");

    public static bool TryParse(string? text, out Position position)
    {
        position = Start;
        if (text is not { Length: TextBytes } || text[12] != '-'
            || !ulong.TryParse(text.AsSpan(0, 12), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var transaction)
            || !long.TryParse(text.AsSpan(13), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sequence)) return false;
        position = new(transaction, sequence);
        return true;
    }

    /// <exception cref="FormatException">The text is not a position.</exception>
    public static Position Parse(string text) => TryParse(text, out var position) ? position : throw new FormatException($"'{text}' is not a position.");
}
