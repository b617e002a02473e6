using System.Diagnostics;
using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Access;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Issuers;

/// <summary>The token endpoint of a workspace's issuer (RFC 6749 §3.2): a service account's credentials (§4.4), or an API key (RFC 8693), for an access token.</summary>
public sealed class IssueToken(Clients clients, AccessTokens tokens, PublicAddress address, TimeProvider clock)
{
    public const string Path = "/token";
    public const string ClientCredentials = "client_credentials";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";
    public const string ApiKeyType = "urn:eventmesh:token-type:api-key";

    public sealed record Response(string AccessToken, string TokenType, int ExpiresIn, string Scope, string? IssuedTokenType)
    {
        /// <summary>Without the token, wherever it may be printed.</summary>
        public override string ToString() => "IssueToken";
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/issuers/{ws}" + Path, (string ws, HttpContext context, IssueToken issue) => issue.Handle(ws, context))
        .WithTags("Issuer").WithName("issueToken").WithSummary("Get an access token for a service account's credentials, or for an API key")
        .WithDescription("grant_type client_credentials, with a client secret or a signed assertion; or token-exchange (RFC 8693), with an API key as subject_token. Errors are those of RFC 6749 §5.2.")
        .WithBody("application/x-www-form-urlencoded", JsonSchemaType.Object, "grant_type, scope, audience or resource; client_id and client_secret, or client_assertion_type and client_assertion; subject_token and subject_token_type.")
        .Produces<Response>().WithOAuthErrors();

    private Task Handle(string ws, HttpContext context) => OAuthAnswer.Run(context, async () =>
    {
        var form = await TokenForm.Read(context.Request);
        var grant = form.Required("grant_type");
        var client = grant switch
        {
            ClientCredentials => await clients.Authenticate(ws, form, context.Request, Path, context.RequestAborted),
            TokenExchange => await Exchanged(ws, form, context),
            _ => throw new OAuthRefusal("unsupported_grant_type", $"grant_type is {ClientCredentials} or {TokenExchange}."),
        };
        var call = client.Note(context, clock);
        RefuseOtherAudience(form["audience"], client);
        RefuseOtherAudience(form["resource"], client);
        var issued = await tokens.Issue(client, Narrowed(form["scope"], client.Roles), context.RequestAborted);
        call.Subject = issued.Id;
        return (Action<Utf8JsonWriter>)(json =>
        {
            json.WriteString("access_token"u8, issued.Token);
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteNumber("expires_in"u8, issued.ExpiresInSeconds);
            json.WriteString("scope"u8, issued.Scope);
            if (grant == TokenExchange) json.WriteString("issued_token_type"u8, AccessTokenType);
        });
    });

    /// <summary>Whoever has the key is its owner: it is subject and client in one.</summary>
    private async Task<Client> Exchanged(string workspace, TokenForm form, HttpContext context)
    {
        if (context.Request.Headers.Authorization.Count > 0 || form["client_secret"] is not null || form["client_assertion"] is not null)
            throw OAuthRefusal.Request("A token exchange takes no client's credentials; the key is enough.");
        if (form["actor_token"] is not null) throw OAuthRefusal.Request("actor_token is not supported.");
        if (form.Required("subject_token_type") is not (AccessTokenType or ApiKeyType)) throw OAuthRefusal.Request($"subject_token_type must be {AccessTokenType} or {ApiKeyType}.");
        if (form["requested_token_type"] is not (null or AccessTokenType)) throw OAuthRefusal.Request($"requested_token_type must be {AccessTokenType}.");
        var key = form.Required("subject_token");
        var owner = key.StartsWith(Tokens.KeyPrefix, StringComparison.Ordinal) ? await clients.OwnerOf(workspace, key, context.RequestAborted) : null;
        // RFC 8693 §2.2.2: invalid_request would be as right; a wrong key is told like every wrong credential.
        if (owner is null || (form["client_id"] is { } named && named != owner.Id)) throw clients.Refuse(context, FailedAttempts.Prefix(key));
        return owner;
    }

    private void RefuseOtherAudience(string? asked, Client client)
    {
        if (asked is null || asked == address.IssuerOf(client.Workspace.Id) || asked.TrimEnd('/') == address.Root) return;
        throw new OAuthRefusal("invalid_target", "Tokens are for this issuer's workspace and for nothing else.");
    }

    /// <summary>All roles when no scope is asked for; never one that the client has not.</summary>
    private static Role Narrowed(string? scope, Role own)
    {
        if (scope is null) return own;
        var asked = RoleNames.Parse(scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)) ?? Role.None;
        return asked != Role.None && (asked & ~own) == Role.None ? asked
            : throw new OAuthRefusal("invalid_scope", $"scope is some of {string.Join(' ', own.Names())}.");
    }
}
