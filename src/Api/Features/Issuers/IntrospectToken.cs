using System.Text.Json;
using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Access;
using Microsoft.OpenApi;

namespace EventMesh.Api.Features.Issuers;

/// <summary>Says of a token whether it holds now and what its owner may do (RFC 7662), to any client of the same workspace.</summary>
public sealed class IntrospectToken(Clients clients, OwnTokens tokens, PublicAddress address, TimeProvider clock)
{
    public const string Path = "/introspect";

    public sealed record Response(
        bool Active, string? TokenType, string? Iss, string? Sub, string? Aud, string? ClientId, string? TenantId, string? Scope, IReadOnlyList<string>? Roles, long? Iat, long? Nbf, long? Exp, string? Jti);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/issuers/{ws}" + Path, (string ws, HttpContext context, IntrospectToken introspect) => introspect.Handle(ws, context))
        .WithTags("Issuer").WithName("introspectToken").WithSummary("Ask whether a token holds at this moment, with what roles")
        .WithBody("application/x-www-form-urlencoded", JsonSchemaType.Object, "token, and the client's credentials as at the token endpoint.")
        .Produces<Response>().WithOAuthErrors();

    private Task Handle(string ws, HttpContext context) => OAuthAnswer.Run(context, async () =>
    {
        var form = await TokenForm.Read(context.Request);
        var client = await clients.Authenticate(ws, form, context.Request, Path, context.RequestAborted);
        client.Note(context, clock);
        if (tokens.Check(client.Workspace, form.Required("token"), out var token, out var roles) is not null) return json => json.WriteBoolean("active"u8, false);
        var (issuer, names) = (address.IssuerOf(client.Workspace.Id), roles.Names());
        return (Action<Utf8JsonWriter>)(json =>
        {
            json.WriteBoolean("active"u8, true);
            json.WriteString("token_type"u8, "Bearer"u8);
            json.WriteString("iss"u8, issuer);
            json.WriteString("sub"u8, token!.Subject);
            json.WriteString("aud"u8, issuer);
            json.WriteString("client_id"u8, token.Subject);
            json.WriteString("tenant_id"u8, client.Workspace.Id);
            json.WriteString("scope"u8, string.Join(' ', names));
            json.WriteStartArray("roles"u8);
            foreach (var name in names) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteNumber("iat"u8, token.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("nbf"u8, token.IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp"u8, token.ExpiresAt.ToUnixTimeSeconds());
            json.WriteString("jti"u8, token.Id);
        });
    });
}
