using EventMesh.Api.Description;
using EventMesh.Api.Edge;
using EventMesh.Api.Issuing;
using EventMesh.Domain.Identity;

namespace EventMesh.Api.Features.Issuers;

/// <summary>Takes a signing key out of use at once, with every token that it signed: for a key that somebody else may have.</summary>
public static class RetireIssuerKey
{
    private const int KidCharsMax = 64;
    private const string NotThere = "The issuer has no such key.";

    public static void Map(RouteGroupBuilder issuer) => issuer.MapPost("/keys/{kid}/retire", Handle)
        .Needs(Permission.WriteMembers).WithIfMatch().WithName("retireIssuerKey").WithSummary("Retire a signing key at once; its tokens end, and a new key signs if no other does")
        .WithProblem(StatusCodes.Status409Conflict).WithProblem(StatusCodes.Status412PreconditionFailed);

    private static async Task<IssuerView> Handle(string kid, Call call, SigningKeys keys, PublicAddress address, HttpContext context)
    {
        if (kid.Length > KidCharsMax || !kid.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')) throw ProblemAnswer.Missing(NotThere);
        call.Subject = kid;
        var (workspace, issuer) = (call.Workspace.Id, call.Workspace.Identity.Issuer);
        var replacement = issuer.Keys.Any(k => k.Kid == kid) && IssuerDecider.NeedsReplacement(issuer, kid, call.Now) ? await keys.Make(workspace, call.Now, context.RequestAborted) : null;
        var command = new IssuerCommand.RetireKey(kid, replacement, call.Now);
        var decided = await keys.Decide(workspace, s => IssuerDecider.Decide(command, s), call.Metadata(), ETag.Expected(context.Request), context.RequestAborted);
        ETag.Set(context.Response, decided.Version);
        return IssuerView.Of(address.IssuerOf(workspace), decided.State, decided.Version, call.Now);
    }
}
