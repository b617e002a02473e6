namespace EventMesh.Tests.Acceptance.Isolation;

/// <summary>An operation of the API and who may ask for it: an oracle of its own beside the platform's role table, so that a mistake in one is seen in the other.</summary>
/// <param name="Who">Letters: a(dmin of the platform), f(irst time an admin), o(perator), d(eveloper), u (auditor), p(ublisher).</param>
public sealed record Operation(string Method, string Path, string Who)
{
    // One line an operation, in the order of tests/Acceptance/routes.approved.txt.
    private const string Table = """
        DELETE /v1/admins/{id}                                                          a
        DELETE /v1/oauth-apps/{provider}                                                a
        DELETE /v1/workspaces/{ws}/connections/{id}                                     od
        DELETE /v1/workspaces/{ws}/connections/{id}/credential                          od
        DELETE /v1/workspaces/{ws}/consumers/{name}                                     ou
        DELETE /v1/workspaces/{ws}/exports/{id}                                         ou
        DELETE /v1/workspaces/{ws}/identity-providers/{id}                              o
        DELETE /v1/workspaces/{ws}/keys/{id}                                            o
        DELETE /v1/workspaces/{ws}/members/{id}                                         o
        DELETE /v1/workspaces/{ws}/oauth-apps/{provider}                                od
        DELETE /v1/workspaces/{ws}/rules/{id}                                           od
        DELETE /v1/workspaces/{ws}/secrets/{name}                                       od
        DELETE /v1/workspaces/{ws}/secrets/{name}/versions/{version}                    od
        DELETE /v1/workspaces/{ws}/service-accounts/{id}                                o
        DELETE /v1/workspaces/{ws}/service-accounts/{id}/credentials/{credential}       o
        DELETE /v1/workspaces/{ws}/sources/{id}                                         od
        GET /v1/admins                                                                  a
        GET /v1/audit                                                                   a
        GET /v1/encryption                                                              a
        GET /v1/log/checkpoint                                                          a
        GET /v1/log/checkpoints                                                         a
        GET /v1/log/consistency                                                         a
        GET /v1/log/inclusion                                                           a
        GET /v1/log/leaves                                                              a
        GET /v1/oauth-apps                                                              a
        GET /v1/purges                                                                  a
        GET /v1/projections                                                             a
        GET /v1/projections/{name}                                                      a
        GET /v1/projections/{name}/rebuild                                              a
        GET /v1/usage                                                                   a
        GET /v1/workspaces                                                              aodup
        GET /v1/workspaces/{ws}                                                         aodup
        GET /v1/workspaces/{ws}/audit                                                   u
        GET /v1/workspaces/{ws}/configuration                                           ou
        GET /v1/workspaces/{ws}/configuration/diff                                      ou
        GET /v1/workspaces/{ws}/connections                                             odu
        GET /v1/workspaces/{ws}/connections/{id}                                        odu
        GET /v1/workspaces/{ws}/connections/{id}/authorization                          odu
        GET /v1/workspaces/{ws}/connections/{id}/secrets                                odu
        GET /v1/workspaces/{ws}/consumers                                               ou
        GET /v1/workspaces/{ws}/consumers/{name}                                        ou
        GET /v1/workspaces/{ws}/consumers/{name}/events                                 ou
        GET /v1/workspaces/{ws}/deliveries                                              odup
        GET /v1/workspaces/{ws}/deliveries/{id}                                         odup
        GET /v1/workspaces/{ws}/elevations                                              aou
        GET /v1/workspaces/{ws}/elevations/{id}                                         aou
        GET /v1/workspaces/{ws}/encryption                                              ao
        GET /v1/workspaces/{ws}/event-types                                             odu
        GET /v1/workspaces/{ws}/event-types/{name}                                      odu
        GET /v1/workspaces/{ws}/events                                                  odup
        GET /v1/workspaces/{ws}/events/{id}                                             odup
        GET /v1/workspaces/{ws}/exports                                                 ou
        GET /v1/workspaces/{ws}/exports/{id}                                            ou
        GET /v1/workspaces/{ws}/exports/{id}/download                                   ou
        GET /v1/workspaces/{ws}/feed                                                    ou
        GET /v1/workspaces/{ws}/identity-providers                                      ou
        GET /v1/workspaces/{ws}/identity-providers/{id}                                 ou
        GET /v1/workspaces/{ws}/issuer                                                  ou
        GET /v1/workspaces/{ws}/keys                                                    ou
        GET /v1/workspaces/{ws}/log/checkpoint                                          ou
        GET /v1/workspaces/{ws}/log/checkpoints                                         ou
        GET /v1/workspaces/{ws}/log/consistency                                         ou
        GET /v1/workspaces/{ws}/log/inclusion                                           ou
        GET /v1/workspaces/{ws}/log/leaves                                              ou
        GET /v1/workspaces/{ws}/log/witnesses                                           ou
        GET /v1/workspaces/{ws}/members                                                 ou
        GET /v1/workspaces/{ws}/members/{id}                                            ou
        GET /v1/workspaces/{ws}/oauth-apps                                              odu
        GET /v1/workspaces/{ws}/oauth-apps/{provider}                                   odu
        GET /v1/workspaces/{ws}/oauth-providers                                         odu
        GET /v1/workspaces/{ws}/ordering                                                odup
        GET /v1/workspaces/{ws}/purge                                                   a
        GET /v1/workspaces/{ws}/purge/receipt                                           a
        GET /v1/workspaces/{ws}/redaction                                               ou
        GET /v1/workspaces/{ws}/replays                                                 odup
        GET /v1/workspaces/{ws}/replays/{id}                                            odup
        GET /v1/workspaces/{ws}/reveals                                                 ou
        GET /v1/workspaces/{ws}/reveals/{id}                                            ou
        GET /v1/workspaces/{ws}/rules                                                   odu
        GET /v1/workspaces/{ws}/rules/{id}                                              odu
        GET /v1/workspaces/{ws}/secrets                                                 odu
        GET /v1/workspaces/{ws}/secrets/{name}                                          odu
        GET /v1/workspaces/{ws}/service-accounts                                        ou
        GET /v1/workspaces/{ws}/service-accounts/{id}                                   ou
        GET /v1/workspaces/{ws}/sources                                                 odu
        GET /v1/workspaces/{ws}/sources/{id}                                            odu
        GET /v1/workspaces/{ws}/streams/{stream}                                        ou
        GET /v1/workspaces/{ws}/usage                                                   aou
        PATCH /v1/workspaces/{ws}                                                       a
        PATCH /v1/workspaces/{ws}/connections/{id}                                      od
        PATCH /v1/workspaces/{ws}/event-types/{name}                                    od
        PATCH /v1/workspaces/{ws}/identity-providers/{id}                               o
        PATCH /v1/workspaces/{ws}/keys/{id}                                             o
        PATCH /v1/workspaces/{ws}/rules/{id}                                            od
        PATCH /v1/workspaces/{ws}/service-accounts/{id}                                 o
        PATCH /v1/workspaces/{ws}/sources/{id}                                          od
        POST /v1/admins                                                                 a
        POST /v1/encryption/rewrap                                                      a
        POST /v1/log/keys/rotate                                                        a
        POST /v1/projections/{name}/pause                                               a
        POST /v1/projections/{name}/rebuild                                             a
        POST /v1/projections/{name}/rebuild/cancel                                      a
        POST /v1/projections/{name}/resume                                              a
        POST /v1/projections/{name}/retry                                               a
        POST /v1/projections/{name}/skip                                                a
        POST /v1/workspaces                                                             a
        POST /v1/workspaces/{ws}/close                                                  ao
        POST /v1/workspaces/{ws}/close/cancel                                           ao
        POST /v1/workspaces/{ws}/connect-sessions                                       od
        POST /v1/workspaces/{ws}/connections                                            od
        POST /v1/workspaces/{ws}/connections/{id}/authorize                             od
        POST /v1/workspaces/{ws}/connections/{id}/circuit/close                         od
        POST /v1/workspaces/{ws}/connections/{id}/secret/rotate                         od
        POST /v1/workspaces/{ws}/consumers/{name}/position                              ou
        POST /v1/workspaces/{ws}/consumers/{name}/reset                                 ou
        POST /v1/workspaces/{ws}/deliveries/{id}/attempts/{attempt}/reveal              ou
        POST /v1/workspaces/{ws}/deliveries/{id}/retry                                  o
        POST /v1/workspaces/{ws}/elevations                                             a
        POST /v1/workspaces/{ws}/elevations/{id}/approve                                ao
        POST /v1/workspaces/{ws}/elevations/{id}/end                                    ao
        POST /v1/workspaces/{ws}/elevations/{id}/refuse                                 ao
        POST /v1/workspaces/{ws}/encryption/rotate                                      ao
        POST /v1/workspaces/{ws}/event-types                                            od
        POST /v1/workspaces/{ws}/event-types/{name}/schemas                             od
        POST /v1/workspaces/{ws}/event-types/{name}/send                                od
        POST /v1/workspaces/{ws}/event-types/{name}/validate                            odu
        POST /v1/workspaces/{ws}/events                                                 p
        POST /v1/workspaces/{ws}/events/{id}/reveal                                     ou
        POST /v1/workspaces/{ws}/exports                                                ou
        POST /v1/workspaces/{ws}/exports/{id}/cancel                                    ou
        POST /v1/workspaces/{ws}/identity-providers                                     o
        POST /v1/workspaces/{ws}/identity-providers/{id}/test                           o
        POST /v1/workspaces/{ws}/issuer/keys/{kid}/retire                               o
        POST /v1/workspaces/{ws}/issuer/rotate                                          o
        POST /v1/workspaces/{ws}/keys                                                   fo
        POST /v1/workspaces/{ws}/members                                                o
        POST /v1/workspaces/{ws}/ordering/{line}/retry                                  o
        POST /v1/workspaces/{ws}/ordering/{line}/skip                                   o
        POST /v1/workspaces/{ws}/replays                                                o
        POST /v1/workspaces/{ws}/replays/{id}/cancel                                    o
        POST /v1/workspaces/{ws}/resume                                                 a
        POST /v1/workspaces/{ws}/rules                                                  od
        POST /v1/workspaces/{ws}/rules/test                                             odu
        POST /v1/workspaces/{ws}/secrets                                                od
        POST /v1/workspaces/{ws}/secrets/{name}/versions                                od
        POST /v1/workspaces/{ws}/service-accounts                                       o
        POST /v1/workspaces/{ws}/service-accounts/{id}/credentials                      o
        POST /v1/workspaces/{ws}/service-accounts/{id}/revoke-tokens                    o
        POST /v1/workspaces/{ws}/sources                                                od
        POST /v1/workspaces/{ws}/sources/{id}/rotate-secret                             od
        POST /v1/workspaces/{ws}/sources/{id}/rotate-token                              od
        POST /v1/workspaces/{ws}/suspend                                                a
        PUT /v1/oauth-apps/{provider}                                                   a
        PUT /v1/workspaces/{ws}/connections/{id}/credential                             od
        PUT /v1/workspaces/{ws}/consumers/{name}                                        ou
        PUT /v1/workspaces/{ws}/log/witnesses                                           o
        PUT /v1/workspaces/{ws}/members/{id}                                            o
        PUT /v1/workspaces/{ws}/oauth-apps/{provider}                                   od
        PUT /v1/workspaces/{ws}/origins                                                 o
        PUT /v1/workspaces/{ws}/redaction                                               o
        """;

    /// <summary>Nearly all outside of /v1: open to whoever comes, or with a proof of their own.</summary>
    public static readonly IReadOnlySet<string> Open = new HashSet<string>(StringComparer.Ordinal)
    {
        "GET /healthz", "GET /readyz",
        "GET /v1/log/keys", // who does not trust us has to see what we sign with
        "POST /in/{token}", // the token names the source, whose verification the request must pass
        // What an issuer publishes is for everybody who checks its tokens (OpenID Connect Discovery), and its endpoints ask for a client's own credential.
        "GET /.well-known/oauth-authorization-server/issuers/{ws}", "GET /issuers/{ws}/.well-known/openid-configuration", "GET /issuers/{ws}/jwks",
        "POST /issuers/{ws}/introspect", "POST /issuers/{ws}/revoke", "POST /issuers/{ws}/token",
    };

    public static readonly IReadOnlyList<Operation> All =
        [.. Table.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(p => p.Length == 3).Select(p => new Operation(p[0], p[1], p[2]))];

    public static Operation Of(string name) => All.Single(o => o.ToString() == name);

    public bool InWorkspace => Path.StartsWith("/v1/workspaces/{ws}", StringComparison.Ordinal);
    public bool NamesSomething => Path.Replace("{ws}", "", StringComparison.Ordinal).Contains('{', StringComparison.Ordinal);
    public string? Body => Method is "GET" or "DELETE" ? null : "{}";
    public string? ContentType => Body is null ? null : Path.EndsWith("/events", StringComparison.Ordinal) ? "application/cloudevents+json" : "application/json";

    public override string ToString() => $"{Method} {Path}";
}
