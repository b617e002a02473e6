using EventMesh.Api.Description;
using EventMesh.Api.Features.Admins;
using EventMesh.Api.Features.Audit;
using EventMesh.Api.Features.Catalogue;
using EventMesh.Api.Features.Configuration;
using EventMesh.Api.Features.Connections;
using EventMesh.Api.Features.Consumers;
using EventMesh.Api.Features.Deliveries;
using EventMesh.Api.Features.Elevations;
using EventMesh.Api.Features.Encryption;
using EventMesh.Api.Features.Events;
using EventMesh.Api.Features.Exports;
using EventMesh.Api.Features.Feed;
using EventMesh.Api.Features.IdentityProviders;
using EventMesh.Api.Features.Issuers;
using EventMesh.Api.Features.Keys;
using EventMesh.Api.Features.Log;
using EventMesh.Api.Features.Members;
using EventMesh.Api.Features.OAuth;
using EventMesh.Api.Features.Offboarding;
using EventMesh.Api.Features.Ordering;
using EventMesh.Api.Features.RawData;
using EventMesh.Api.Features.Redaction;
using EventMesh.Api.Features.Rebuilds;
using EventMesh.Api.Features.Replays;
using EventMesh.Api.Features.Rules;
using EventMesh.Api.Features.Secrets;
using EventMesh.Api.Features.ServiceAccounts;
using EventMesh.Api.Features.Sources;
using EventMesh.Api.Features.Usage;
using EventMesh.Api.Features.Workspaces;

namespace EventMesh.Api.Features;

/// <summary>Every route under /v1, and the addresses that providers send their webhooks to.</summary>
public static class Routes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var v1 = routes.MapGroup("/v1").WithProblem(StatusCodes.Status400BadRequest).WithProblem(StatusCodes.Status401Unauthorized)
            .WithProblem(StatusCodes.Status404NotFound).WithProblem(StatusCodes.Status429TooManyRequests).WithProblem(StatusCodes.Status503ServiceUnavailable);

        var workspaces = v1.MapGroup("/workspaces").WithTags("Workspaces");
        CreateWorkspace.Map(workspaces);
        ReadWorkspaces.Map(workspaces);
        ChangeWorkspace.Map(workspaces);
        SetOrigins.Map(workspaces);

        var workspace = v1.MapGroup("/workspaces/{ws}");
        SuspendWorkspace.Map(workspace);
        CloseWorkspace.Map(workspace);
        ReadPurge.Map(workspace, v1);

        var keys = workspace.MapGroup("/keys").WithTags("Keys");
        IssueKey.Map(keys);
        ReadKeys.Map(keys);
        ChangeKey.Map(keys);
        RevokeKey.Map(keys);

        var elevations = workspace.MapGroup("/elevations").WithTags("Elevations");
        RequestElevation.Map(elevations);
        DecideElevation.Map(elevations);
        ReadElevations.Map(elevations);
        var members = workspace.MapGroup("/members").WithTags("Members");
        AddMember.Map(members);
        ReadMembers.Map(members);
        ChangeMember.Map(members);

        var admins = v1.MapGroup("/admins").WithTags("Admins");
        AddAdmin.Map(admins);
        ReadAdmins.Map(admins);
        RemoveAdmin.Map(admins);

        var projections = v1.MapGroup("/projections").WithTags("Projections");
        ReadProjections.Map(projections);
        RebuildProjection.Map(projections);
        ControlProjection.Map(projections);

        var accounts = workspace.MapGroup("/service-accounts").WithTags("Service accounts");
        CreateServiceAccount.Map(accounts);
        ReadServiceAccounts.Map(accounts);
        ChangeServiceAccount.Map(accounts);
        DeleteServiceAccount.Map(accounts);
        AddClientCredential.Map(accounts);
        RevokeClientCredential.Map(accounts);
        RevokeTokens.Map(accounts);

        var issuer = workspace.MapGroup("/issuer").WithTags("Issuer");
        ReadIssuer.Map(issuer);
        RotateIssuerKey.Map(issuer);
        RetireIssuerKey.Map(issuer);
        ReadDiscovery.Map(routes);
        ReadKeySet.Map(routes);
        IssueToken.Map(routes);
        RevokeToken.Map(routes);
        IntrospectToken.Map(routes);

        var providers = workspace.MapGroup("/identity-providers").WithTags("Identity providers");
        TrustProvider.Map(providers);
        ReadProviders.Map(providers);
        ChangeProvider.Map(providers);
        RemoveProvider.Map(providers);
        TestProvider.Map(providers);

        var connections = workspace.MapGroup("/connections").WithTags("Connections");
        CreateConnection.Map(connections);
        ReadConnections.Map(connections);
        ChangeConnection.Map(connections);
        DeleteConnection.Map(connections);
        CloseCircuit.Map(connections);
        RotateSecret.Map(connections);
        ReadSecrets.Map(connections);
        SetCredential.Map(connections);
        RevokeCredential.Map(connections);

        AuthorizeConnection.Map(connections);
        ReadAuthorization.Map(connections);

        var (oauthApps, platformOauthApps) = (workspace.MapGroup("/oauth-apps").WithTags("OAuth"), v1.MapGroup("/oauth-apps").WithTags("OAuth"));
        SetOauthApp.Map(oauthApps, platformOauthApps);
        ReadOauthApps.Map(oauthApps, platformOauthApps);
        RemoveOauthApp.Map(oauthApps, platformOauthApps);
        ListOauthProviders.Map(workspace);
        CreateConnectSession.Map(workspace);
        OpenConnectSession.Map(routes);
        OAuthCallback.Map(routes);

        var rules = workspace.MapGroup("/rules").WithTags("Rules");
        CreateRule.Map(rules);
        ReadRules.Map(rules);
        ChangeRule.Map(rules);
        DeleteRule.Map(rules);
        TestRule.Map(rules);

        var types = workspace.MapGroup("/event-types").WithTags("Event types");
        CreateEventType.Map(types);
        ReadEventTypes.Map(types);
        ChangeEventType.Map(types);
        AddSchema.Map(types);
        ValidateSample.Map(types);
        SendSample.Map(types);

        var events = workspace.MapGroup("/events").WithTags("Events");
        PublishEvents.Map(events);
        ReadEvents.Map(events);
        RevealEventBody.Map(events);

        var deliveries = workspace.MapGroup("/deliveries").WithTags("Deliveries");
        ListDeliveries.Map(deliveries);
        ReadDelivery.Map(deliveries);
        RetryDelivery.Map(deliveries);
        RevealAttemptBodies.Map(deliveries);

        ReadRedaction.Map(workspace);
        SetRedaction.Map(workspace);
        ReadReveals.Map(workspace);

        var ordering = workspace.MapGroup("/ordering").WithTags("Ordering");
        ListLines.Map(ordering);
        UnblockLine.Map(ordering);

        var sources = workspace.MapGroup("/sources").WithTags("Sources");
        CreateSource.Map(sources);
        ReadSources.Map(sources);
        ChangeSource.Map(sources);
        DeleteSource.Map(sources);
        RotateSourceSecret.Map(sources);
        RotateSourceToken.Map(sources);
        ReceiveWebhook.Map(routes);

        var secrets = workspace.MapGroup("/secrets").WithTags("Secrets");
        CreateSecret.Map(secrets);
        ReadWorkspaceSecrets.Map(secrets);
        AddSecretVersion.Map(secrets);
        RevokeSecretVersion.Map(secrets);
        DeleteSecret.Map(secrets);

        ReadUsage.Map(workspace);
        ListUsage.Map(v1);

        PlatformEncryption.Map(v1);
        WorkspaceEncryption.Map(workspace);

        var replays = workspace.MapGroup("/replays").WithTags("Replays");
        StartReplay.Map(replays);
        ReadReplays.Map(replays);
        CancelReplay.Map(replays);

        var configuration = workspace.MapGroup("/configuration").WithTags("History");
        ReadConfiguration.Map(configuration);
        ReadConfigurationDiff.Map(configuration);

        var (log, platformLog) = (workspace.MapGroup("/log").WithTags("Log"), v1.MapGroup("/log").WithTags("Log"));
        ReadCheckpoint.Map(log, platformLog);
        ListCheckpoints.Map(log, platformLog);
        ProveInclusion.Map(log, platformLog);
        ProveConsistency.Map(log, platformLog);
        ReadLeaves.Map(log, platformLog);
        ReadWitnesses.Map(log);
        SetWitnesses.Map(log);
        ReadLogKeys.Map(platformLog);
        RotateLogKey.Map(platformLog);

        ReadAudit.Map(workspace, v1);

        var exports = workspace.MapGroup("/exports").WithTags("Exports");
        StartExport.Map(exports);
        ReadExports.Map(exports);
        CancelExport.Map(exports);
        DownloadExport.Map(exports);
        DeleteExport.Map(exports);

        ReadFeed.Map(workspace);
        var consumers = workspace.MapGroup("/consumers").WithTags("Consumers");
        CreateConsumer.Map(consumers);
        ReadConsumers.Map(consumers);
        ReadConsumerEvents.Map(consumers);
        AcknowledgeEvents.Map(consumers);
        ResetConsumer.Map(consumers);
        DeleteConsumer.Map(consumers);
        ReadStreamHistory.Map(workspace);
    }
}
