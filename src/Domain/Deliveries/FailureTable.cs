namespace EventMesh.Domain.Deliveries;

/// <summary>How an attempt can fail, as the target or the way to it showed; or, with MappingFailed, before anything was sent.</summary>
public enum Failure { Timeout, Unreachable, TlsRefused, AddressRefused, Status, Gone, BadResponse, MappingFailed }

public enum AfterFailure { Retry, DeadLetter }

/// <summary>The one table that says which failures are worth another attempt.</summary>
public static class FailureTable
{
    public static AfterFailure Of(Failure failure) => failure switch
    {
        Failure.Timeout or Failure.Unreachable or Failure.TlsRefused or Failure.Status or Failure.BadResponse => AfterFailure.Retry,
        // The target said that it is gone for good (RFC 9110 §15.5.11), or its address is one we never send to, or its rule makes no body of the event: time changes none.
        Failure.Gone or Failure.AddressRefused or Failure.MappingFailed => AfterFailure.DeadLetter,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    /// <summary>
    /// Whether a failure speaks of the target's health, and so counts for its circuit. 408 and 429 say "not now"; any other answer below 500 speaks of this one request,
    /// and an address we refuse was never called.
    /// </summary>
    /// <param name="status">The HTTP status, when there was an answer.</param>
    public static bool IsTrouble(Failure failure, int? status) => failure switch
    {
        Failure.Timeout or Failure.Unreachable or Failure.TlsRefused or Failure.BadResponse => true,
        Failure.Status => status is 408 or 429 or >= 500,
        Failure.Gone or Failure.AddressRefused or Failure.MappingFailed => false,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    public static DeadLetteredBecause DeadLetter(Failure failure) => failure switch
    {
        Failure.Gone => DeadLetteredBecause.Gone,
        Failure.AddressRefused => DeadLetteredBecause.AddressRefused,
        Failure.MappingFailed => DeadLetteredBecause.MappingFailed,
        _ => DeadLetteredBecause.AttemptsExhausted,
    };
}
