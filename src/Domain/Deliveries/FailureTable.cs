namespace EventMesh.Domain.Deliveries;

/// <summary>
/// How an attempt can fail, as the target or the way to it showed; or before anything was sent, with <see cref="MappingFailed"/>, <see cref="PayloadBroken"/>, <see cref="CredentialRevoked"/>,
/// <see cref="CredentialUnauthorized"/> and <see cref="CredentialUnavailable"/>.
/// </summary>
public enum Failure
{
    Timeout, Unreachable, TlsRefused, AddressRefused, Status, Gone, BadResponse, MappingFailed,
    /// <summary>The connection's credential was taken back.</summary>
    CredentialRevoked,
    /// <summary>The connection's credential is not authorized, or no more: it waits for a person.</summary>
    CredentialUnauthorized,
    /// <summary>The credential could not be prepared: its token endpoint did not give a token, or its value is not there.</summary>
    CredentialUnavailable,
    /// <summary>The event's body is kept and does not open: it was changed in the database, or its key is gone.</summary>
    PayloadBroken,
}

public enum AfterFailure { Retry, DeadLetter }

/// <summary>The one table that says which failures are worth another attempt.</summary>
public static class FailureTable
{
    public static AfterFailure Of(Failure failure) => failure switch
    {
        Failure.Timeout or Failure.Unreachable or Failure.TlsRefused or Failure.Status or Failure.BadResponse
            or Failure.CredentialRevoked or Failure.CredentialUnauthorized or Failure.CredentialUnavailable => AfterFailure.Retry,
        // The target said that it is gone for good (RFC 9110 §15.5.11), or its address is one we never send to, its rule makes no body of the event, or the event's body is spoiled: time changes none.
        Failure.Gone or Failure.AddressRefused or Failure.MappingFailed or Failure.PayloadBroken => AfterFailure.DeadLetter,
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
        Failure.Gone or Failure.AddressRefused or Failure.MappingFailed or Failure.PayloadBroken
            or Failure.CredentialRevoked or Failure.CredentialUnauthorized or Failure.CredentialUnavailable => false,
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    /// <summary>Whether nothing was sent, so that nothing was learned of the target.</summary>
    public static bool IsUnsent(Failure failure) => failure is Failure.MappingFailed or Failure.PayloadBroken or Failure.AddressRefused
        or Failure.CredentialRevoked or Failure.CredentialUnauthorized or Failure.CredentialUnavailable;

    public static DeadLetteredBecause DeadLetter(Failure failure) => failure switch
    {
        Failure.Gone => DeadLetteredBecause.Gone,
        Failure.AddressRefused => DeadLetteredBecause.AddressRefused,
        Failure.MappingFailed => DeadLetteredBecause.MappingFailed,
        Failure.PayloadBroken => DeadLetteredBecause.PayloadBroken,
        Failure.CredentialRevoked => DeadLetteredBecause.CredentialRevoked,
        Failure.CredentialUnauthorized => DeadLetteredBecause.CredentialUnauthorized,
        _ => DeadLetteredBecause.AttemptsExhausted,
    };
}
