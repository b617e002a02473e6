using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using EventMesh.Cli.Commands;

namespace EventMesh.Cli;

/// <summary>The command tree and how a run of it ends.</summary>
internal static class EventMeshCommand
{
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> Run(string[] args, Terminal terminal, CancellationToken cancel = default)
    {
        var shell = new Shell(terminal);
        // `@file` is how --data names a file; System.CommandLine would read it as more arguments.
        var parsed = Tree(shell).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        var output = new Output(terminal, parsed.GetValue(shell.Json));
        if (parsed.Action is ParseErrorAction)
        {
            output.Fail(NotUnderstood(parsed));
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false }, cancel);
        }
        catch (Failure failure)
        {
            output.Fail(failure);
            return failure.Code;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static RootCommand Tree(Shell shell)
    {
        var root = new RootCommand("EventMesh: publish events, route them by rules, deliver them as signed webhooks.")
        {
            Shell.Noun("workspaces", "The tenants of this EventMesh.", CreateWorkspace.In(shell), ListWorkspaces.In(shell), GetWorkspace.In(shell),
                SetPlan.In(shell), ChangeWorkspace.In(shell), SetOrigins.In(shell), SuspendWorkspace.In(shell), ResumeWorkspace.In(shell), CloseWorkspace.In(shell), CancelClosing.In(shell),
                ShowPurge.In(shell), ShowReceipt.In(shell), DeleteWorkspace.In(shell)),
            Shell.Noun("elevation", "Platform admins acting in a workspace for a while, with a reason.", RequestElevation.In(shell), ApproveElevation.In(shell), RefuseElevation.In(shell),
                EndElevation.In(shell), ListElevations.In(shell)),
            Shell.Noun("keys", "API keys of a workspace.", CreateKey.In(shell), ListKeys.In(shell), ChangeKeyRoles.In(shell), RevokeKey.In(shell)),
            Shell.Noun("service-accounts", "Programs that act in a workspace with tokens of its issuer.", CreateServiceAccount.In(shell), ListServiceAccounts.In(shell), GetServiceAccount.In(shell),
                ChangeServiceAccount.In(shell), AddClientSecret.In(shell), AddClientKey.In(shell), RevokeClientCredential.In(shell), RevokeTokens.In(shell), DeleteServiceAccount.In(shell)),
            Shell.Noun("members", "People of trusted identity providers who have roles of their own in a workspace.", AddMember.In(shell), ListMembers.In(shell), ChangeMemberRoles.In(shell), RemoveMember.In(shell)),
            Shell.Noun("issuer", "What signs the tokens of a workspace.", GetIssuer.In(shell), RotateIssuerKey.In(shell), RetireIssuerKey.In(shell)),
            GetToken.In(shell),
            Shell.Noun("admins", "Admins of the platform, who see no tenant's data.", AddAdmin.In(shell), ListAdmins.In(shell), RemoveAdmin.In(shell)),
            Shell.Noun("identity-providers", "Whose tokens let people in.", TrustIdentityProvider.In(shell), ListIdentityProviders.In(shell), GetIdentityProvider.In(shell),
                ChangeIdentityProvider.In(shell), TestIdentityProvider.In(shell), EnableIdentityProvider.In(shell), DisableIdentityProvider.In(shell), RemoveIdentityProvider.In(shell)),
            Shell.Noun("connections", "Where events are delivered.", CreateConnection.In(shell), ListConnections.In(shell), GetConnection.In(shell),
                EnableConnection.In(shell), DisableConnection.In(shell), CloseCircuit.In(shell), DeleteConnection.In(shell),
                RotateSecret.In(shell), ListSecrets.In(shell), AuthorizeConnection.In(shell), ShowAuthorization.In(shell),
                Shell.Noun("credential", "What a connection's requests show the target.", SetCredential.In(shell), RevokeCredential.In(shell))),
            Shell.Noun("oauth-apps", "What the workspace is registered as with OAuth providers.", SetOauthApp.In(shell), ListOauthApps.In(shell), RemoveOauthApp.In(shell), ListOauthProviders.In(shell)),
            Shell.Noun("connect-sessions", "Links by which somebody without a key connects one connection.", CreateConnectSession.In(shell)),
            Shell.Noun("rules", "Which events go to which connections.", CreateRule.In(shell), ListRules.In(shell), GetRule.In(shell), TestRule.In(shell),
                EnableRule.In(shell), DisableRule.In(shell), DeleteRule.In(shell)),
            Shell.Noun("sources", "Addresses that providers send their webhooks to.", CreateSource.In(shell), ListSources.In(shell), GetSource.In(shell),
                RotateSourceSecret.In(shell), RotateSourceToken.In(shell), EnableSource.In(shell), DisableSource.In(shell), DeleteSource.In(shell)),
            Shell.Noun("secrets", "What a workspace keeps from everybody's eyes.", CreateSecret.In(shell), ListWorkspaceSecrets.In(shell), GetSecret.In(shell),
                AddSecretVersion.In(shell), RevokeSecretVersion.In(shell), DeleteSecret.In(shell)),
            Shell.Noun("encryption", "The keys that payloads and secrets are sealed with.", ShowEncryption.In(shell), RotateDataKey.In(shell), RewrapDataKeys.In(shell)),
            Shell.Noun("log", "The proof that history was only added to.", ShowCheckpoint.In(shell), ListCheckpoints.In(shell), ProveInclusion.In(shell), ProveConsistency.In(shell), ReadLeaves.In(shell),
                ListLogKeys.In(shell), RotateLogKey.In(shell), ListWitnesses.In(shell), SetWitnesses.In(shell)),
            Shell.Noun("types", "What events mean, and what their data has to be.", ListEventTypes.In(shell), CreateEventType.In(shell), GetEventType.In(shell), AddSchema.In(shell),
                ArchiveEventType.In(shell), SendSample.In(shell), ValidateSample.In(shell), ImportEventTypes.In(shell)),
            Publish.In(shell),
            Shell.Noun("events", "What was published.", ListEvents.In(shell), GetEvent.In(shell), RevealEvent.In(shell)),
            Shell.Noun("deliveries", "Events on their way to connections.", ListDeliveries.In(shell), GetDelivery.In(shell), RetryDelivery.In(shell), RevealDelivery.In(shell)),
            Shell.Noun("redaction", "What is not shown of bodies.", GetRedaction.In(shell), SetRedaction.In(shell)),
            Shell.Noun("replays", "Deliveries sent again, or made that were missing, by a filter.", StartReplay.In(shell), ListReplays.In(shell), GetReplay.In(shell), CancelReplay.In(shell)),
            Shell.Noun("exports", "A workspace's history, to be downloaded or in a bucket.", StartExport.In(shell), ListExports.In(shell), GetExport.In(shell), CancelExport.In(shell),
                DownloadExport.In(shell), DeleteExport.In(shell)),
            Shell.Noun("ordering", "Keys for which deliveries wait in line.", ListLines.In(shell), SkipLine.In(shell), RetryLine.In(shell)),
            Shell.Noun("configuration", "All that a workspace is configured with, now and at any past moment.", ShowConfiguration.In(shell), DiffConfiguration.In(shell)),
            Shell.Noun("projections", "Read models that follow the history.", ListProjections.In(shell), RebuildProjection.In(shell), CancelRebuild.In(shell), PauseProjection.In(shell),
                ResumeProjection.In(shell), SkipProjectionEvent.In(shell), RetryProjection.In(shell)),
            ShowUsage.In(shell),
            ShowAudit.In(shell),
            Tail.In(shell),
            Verify.In(shell),
            Shell.Noun("consumers", "Named places in a workspace's history.", CreateConsumer.In(shell), ListConsumers.In(shell), GetConsumer.In(shell), ReadConsumer.In(shell),
                AcknowledgeConsumer.In(shell), ResetConsumer.In(shell), DeleteConsumer.In(shell)),
            ReplayFeed.In(shell),
            Listen.In(shell),
            shell.Server, shell.Token, shell.Json,
        };
        var help = new HelpAction();
        root.SetAction(help.Invoke);
        return root;
    }

    private static Failure NotUnderstood(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(result.Command is RootCommand ? "eventmesh" : result.Command.Name);
        return Failure.Usage(
            string.Join('\n', parsed.Errors.Select(error => Readable.Line(error.Message)).Distinct()),
            $"See `{string.Join(' ', names)} --help`.");
    }
}
