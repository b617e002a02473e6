namespace EventMesh.Api.Jose;

/// <summary>Why a token is refused: a name for logs and answers. No refusal carries anything out of the token.</summary>
public enum TokenRefusal
{
    // Its form (RFC 7515 §3.1, §5.2).
    TooLong, NotCompact, NotBase64Url, NotJson, Ambiguous, HeaderMalformed, CriticalHeader, Nested, TypeRefused,

    // Its key and signature.
    AlgorithmRefused, KeyUnknown, KeyAmbiguous, KeyUnfit, SignatureWrong,

    // Its claims (RFC 7519 §4.1).
    ClaimMalformed, IssuerWrong, AudienceMissing, AudienceWrong, ExpiryMissing, Expired, NotYetValid, IssuedInFuture, SubjectMissing,

    // Whose it is.
    IssuerUntrusted, TenantWrong, RolesMissing, Revoked, KeysUnavailable,
}
