using EventMesh.Domain;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace EventMesh.Api.Issuing;

/// <summary>Where others reach this EventMesh: what the settings say, else what this node listens on. Without a slash at its end.</summary>
public sealed class PublicAddress(Settings settings, IServer server)
{
    private string? known;
    private string? issuers;

    public string Root => known ??= settings.PublicUrl ?? server.Features.Get<IServerAddressesFeature>()!.Addresses.First().TrimEnd('/');

    /// <summary>The issuer of a workspace's tokens, an address of its own (RFC 8414 §2).</summary>
    public string IssuerOf(string workspace) => Issuers + workspace;

    /// <summary>Whose issuer that is; null when it is none of ours, whether or not there is such a workspace.</summary>
    public string? WorkspaceOf(string issuer) =>
        issuer.StartsWith(Issuers, StringComparison.Ordinal) && Ids.IsWorkspace(issuer[Issuers.Length..]) ? issuer[Issuers.Length..] : null;

    /// <summary>Whether an address lies where our issuers do, of whichever workspace.</summary>
    public bool IsIssuer(string address) => address.StartsWith(Issuers, StringComparison.OrdinalIgnoreCase);

    private string Issuers => issuers ??= Root + "/issuers/";
}
