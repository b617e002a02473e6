namespace EventMesh.Domain.Sources;

/// <summary>How requests to a source prove whose they are.</summary>
public enum VerificationKind { StandardWebhooks, Hmac, Github, Stripe, Slack, Basic, ApiKey, Ed25519 }

public enum HmacAlgorithm { Sha1, Sha256, Sha512 }

public enum SignatureEncoding { Hex, Base64, Base64url }

public enum TimestampFormat { Unix, UnixMs, Rfc3339 }

/// <summary>A kind of verification with its settings; those that its kind does not have are null.</summary>
/// <param name="ToleranceSeconds">How far a signed timestamp may be from our clock, either way.</param>
/// <param name="Header">Of <c>hmac</c> and <c>ed25519</c>: where the signature is; of <c>api_key</c>: where the key is.</param>
/// <param name="Prefix">What stands before the signature or the key in its header.</param>
/// <param name="Signed">Of <c>hmac</c> and <c>ed25519</c>: what is signed, with <c>{body}</c> and <c>{timestamp}</c> in the place of what came.</param>
/// <param name="Query">Of <c>api_key</c>: the parameter of the query that holds the key.</param>
public sealed record SourceVerification(
    VerificationKind Kind, int? ToleranceSeconds = null, HmacAlgorithm? Algorithm = null, SignatureEncoding? Encoding = null, string? Header = null, string? Prefix = null,
    string? Signed = null, string? TimestampHeader = null, TimestampFormat? TimestampFormat = null, string? Username = null, string? Query = null);

/// <summary>The attributes of the events that a source makes.</summary>
/// <param name="Source">The CloudEvents' source; null for <c>/sources/{id}</c>.</param>
/// <param name="Id">Null for the provider's own id where its kind has one, else a digest.</param>
public sealed record SourceEnvelope(string? Source, TakenFrom Type, TakenFrom? Subject, TakenFrom? Id);

/// <summary>Where a value is taken from: it is the same always, or stands in a header, or at a path such as <c>$.data.id</c> of the JSON body. One of the three.</summary>
/// <param name="Prefix">Put before it.</param>
public sealed record TakenFrom(string? Value = null, string? Header = null, string? Path = null, string? Prefix = null);
