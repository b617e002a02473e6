using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using EventMesh.Domain.Deliveries;

namespace EventMesh.Delivery.Credentials;

/// <summary>Prepares what requests with some kinds of credential carry. Thread-safe; one instance serves every workspace.</summary>
public interface IAuthorizer
{
    IReadOnlyList<CredentialKind> Kinds { get; }

    /// <summary>What the next request is to carry. Asked for every attempt of a connection whose credential is active.</summary>
    ValueTask<Authorized> Authorize(CredentialUse use, CancellationToken stop);

    /// <summary>The target answered 401 to <paramref name="shown"/>, which <see cref="Authorize"/> gave, with secret headers perhaps added.</summary>
    /// <returns>Whether the next attempt will carry something else, so that it is worth making soon.</returns>
    bool Refused(CredentialUse use, Authorization shown);
}

/// <summary>A connection's credential, about to be used.</summary>
/// <param name="For">Id of what it is used for, such as a delivery.</param>
public sealed record CredentialUse(string Workspace, string Connection, HeldCredential Credential, string For);

public abstract record Authorized
{
    private Authorized() { }

    public sealed record Ready(Authorization Authorization) : Authorized;

    /// <summary>Nothing may be sent.</summary>
    /// <param name="Error">One line for the connection's owner, without any secret.</param>
    public sealed record Unusable(Failure Kind, string Error) : Authorized;
}
