namespace EventMesh.Delivery;

/// <summary>The attempts of the last 30 s at one connection, in pieces of 3 s: whether so many failed that sending more is of no use.</summary>
internal sealed class FailureWindow
{
    public const int AttemptsMin = 10;
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(30);
    private const int Pieces = 10;

    private readonly (long Number, int Attempts, int Failures)[] pieces = new (long, int, int)[Pieces];

    public int Attempts { get; private set; }
    public int Failures { get; private set; }

    /// <returns>Whether half of the attempts, and of at least <see cref="AttemptsMin"/>, were trouble.</returns>
    public bool Add(DateTimeOffset now, bool trouble)
    {
        var number = now.Ticks / (Length.Ticks / Pieces);
        ref var piece = ref pieces[number % Pieces];
        if (piece.Number != number) piece = (number, 0, 0);
        piece.Attempts++;
        if (trouble) piece.Failures++;

        (Attempts, Failures) = (0, 0);
        foreach (var (of, attempts, failures) in pieces)
        {
            if (of <= number - Pieces) continue;
            Attempts += attempts;
            Failures += failures;
        }
        return Attempts >= AttemptsMin && Failures * 2 >= Attempts;
    }

    public void Clear() => Array.Clear(pieces);
}
