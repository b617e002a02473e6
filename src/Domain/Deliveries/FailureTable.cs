namespace EventMesh.Domain.Deliveries;

/// <summary>How an attempt can fail, as the target or the way to it showed.</summary>
public enum Failure { Timeout, Unreachable, TlsRefused, AddressRefused, Status, Gone, BadResponse }

public enum AfterFailure { Retry, DeadLetter }

/// <summary>The one table that says which failures are worth another attempt.</summary>
public static class FailureTable
{
    public static AfterFailure Of(Failure failure) => failure switch
    {
        Failure.Timeout or Failure.Unreachable or Failure.TlsRefused or Failure.Status or Failure.BadResponse => AfterFailure.Retry,
        // The target said that it is gone for good (RFC 9110 §15.5.11), or its address is one we never send to: time changes neither.
        Failure.Gone or Failure.AddressRefused => AfterFailure.DeadLetter,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    public static DeadLetteredBecause DeadLetter(Failure failure) => failure switch
    {
        Failure.Gone => DeadLetteredBecause.Gone,
        Failure.AddressRefused => DeadLetteredBecause.AddressRefused,
        _ => DeadLetteredBecause.AttemptsExhausted,
    };
}
