using EventMesh.Api.Consumers;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Features.Audit;
using EventMesh.Api.Features.Deliveries;
using EventMesh.Api.Features.Feed;
using EventMesh.Api.Features.Issuers;
using EventMesh.Api.Features.Log;
using EventMesh.Api.Features.Replays;
using EventMesh.Api.Features.Sources;
using EventMesh.Api.Inbound;
using EventMesh.Api.Issuing;
using EventMesh.Api.Limits;
using EventMesh.Api.OAuth;
using EventMesh.Api.Trust;
using EventMesh.Connectors;
using EventMesh.Connectors.OAuth;
using EventMesh.Connectors.S3;
using EventMesh.Delivery;
using EventMesh.Delivery.Encryption;
using EventMesh.Delivery.Credentials;
using EventMesh.Delivery.Log;
using EventMesh.Delivery.OAuth;
using EventMesh.Delivery.Exports;
using EventMesh.Delivery.Offboarding;
using EventMesh.Delivery.Operations;
using EventMesh.Delivery.Replays;
using EventMesh.Delivery.Secrets;
using EventMesh.Delivery.Sharing;
using EventMesh.Domain.Redaction;
using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Messaging.RabbitMq;
using EventMesh.Projections;
using EventMesh.Projections.Index;
using EventMesh.Projections.Log;
using EventMesh.Projections.Rebuilding;
using EventMesh.Projections.Running;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace EventMesh.Api.Hosting;

/// <summary>What this process is made of, by role.</summary>
internal static class Services
{
    public static void AddEventMesh(this IServiceCollection services, Settings settings, Store store, AdminToken admin)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(store);
        services.AddSingleton(admin);
        services.AddSingleton(settings.Plans);
        services.AddSingleton<IndexFollower>();
        services.AddSingleton<Limiter>();
        services.AddSingleton<Tokens>();
        services.AddSingleton(new ClientAddress(settings.TrustedProxies, settings.PublicUrl?.StartsWith("https:", StringComparison.OrdinalIgnoreCase) == true)).AddSingleton<FailedAttempts>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<ElevationUses>();
        services.AddSingleton<StillAllowed>().AddSingleton<FollowFeed>().AddSingleton<SendFeed>().AddSingleton<PayloadReads>().AddSingleton<ConsumerPositions>()
            .AddSingleton(p => new FeedPayloads(store, p.GetRequiredService<PayloadReads>(), w => p.GetRequiredService<IndexFollower>().Index.Find(w)?.Redaction ?? RedactionRules.ShapeOnly));
        services.AddSingleton<AuditEntries>().AddSingleton<AuditAnswer>();
        services.AddSingleton<FindDelivery>();
        services.AddSingleton<DryRun>();
        services.AddSingleton<StartReplay.Door>();
        services.AddSingleton(new AddressGuard(settings.AllowNetworks)).AddSingleton<GuardedHttp>();
        services.AddSingleton<ProviderDiscovery>().AddSingleton<ProviderKeys>().AddSingleton<TrustedTokens>().AddSingleton<JwtActors>();
        services.ConfigureHttpJsonOptions(o => EdgeJson.Configure(o.SerializerOptions));
        // Kestrel stops first and lets requests finish, then the roles stop, in the reverse of this order.
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(10));
        services.AddRole("index", p => p.GetRequiredService<IndexFollower>().Follow);
        services.AddSecrets(settings);
        services.AddRole("payload-days", p => new PayloadDays(settings.Postgres, p.GetRequiredService<IndexFollower>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<PayloadDays>>()).Run);
        if (settings.Roles.HasFlag(Roles.Api)) services.AddInbound();
        services.AddIssuing(settings);
        if (settings.Roles.HasFlag(Roles.Api)) services.AddRole("limits", p => p.GetRequiredService<Limiter>().Run);
        if (settings.Roles.HasFlag(Roles.Api)) services.AddRole("payload-reads", p => p.GetRequiredService<PayloadReads>().Run);
        if (settings.Roles.HasFlag(Roles.Api)) services.AddRole("refusals", p => p.GetRequiredService<Refusals>().Run);
        services.AddDelivery(settings);
        services.AddLog(settings);
        services.AddOffboarding(settings);
        if (!settings.Roles.HasFlag(Roles.Projections)) return;
        foreach (var projection in ReadModels.All)
            services.AddRole(projection.Feed, p => new ProjectionRunner(store, projection, p.GetRequiredService<ILogger<ProjectionRunner>>()).Run);
        services.AddRole("rebuilds", p => new RebuildRunner(store, ReadModels.All, p.GetRequiredService<ILogger<RebuildRunner>>()).Run);
        services.AddSingleton<Resealer>().AddRole("key-rotation", p => p.GetRequiredService<Resealer>().Run);
        services.AddRole("connection-health", p => new AutoDisable(store, settings.DisableAfter, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<AutoDisable>>()).Run);
    }

    private static void AddInbound(this IServiceCollection services)
    {
        services.AddSingleton<SourceSecrets>().AddSingleton<UnderWay>().AddSingleton<InboundCounters>().AddSingleton<ReceiveWebhook>();
        services.AddRole("inbound-counts", p => p.GetRequiredService<InboundCounters>().Run);
    }

    private static void AddSecrets(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<SecretRefusals>().AddSingleton<SecretUses>().AddSingleton<SecretResolver>();
        services.AddRole("secret-uses", p => p.GetRequiredService<SecretUses>().Run);
        if (settings.Roles.HasFlag(Roles.Dispatcher)) services.AddSingleton<EndedSecrets>().AddRole("ended-secrets", p => p.GetRequiredService<EndedSecrets>().Run);
    }

    private static void AddIssuing(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<PublicAddress>().AddSingleton<SigningKeys>().AddSingleton<AccessTokens>().AddSingleton<OwnTokens>().AddSingleton<OwnIssuer>();
        services.AddSingleton<UsedAssertions>().AddSingleton<ClientAssertions>().AddSingleton<Clients>();
        services.AddSingleton<IssueToken>().AddSingleton<RevokeToken>().AddSingleton<IntrospectToken>();
        if (settings.Roles.HasFlag(Roles.Api)) services.AddSingleton<KeyRotation>().AddRole("issuer-keys", p => p.GetRequiredService<KeyRotation>().Run);
    }

    private static void AddDelivery(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<IDispatchQueues>(p => settings.RabbitMq is { } broker
            ? new RabbitMqQueues(new(new Uri(broker)) { QueueType = settings.QueueType }, p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<RabbitMqQueues>>())
            : new InProcessQueues(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<SigningSecrets>();
        services.AddSingleton<SuspensionHold>().AddSingleton<CredentialValues>().AddSingleton<CredentialHold>().AddSingleton<Authorizers>().AddSingleton<IAuthorizer, FixedAuthorizer>()
            .AddSingleton<IAuthorizer, ClientCredentialsAuthorizer>();
        services.AddOAuth(settings);
        services.AddSingleton<IReadOnlyDictionary<string, IConnector>>(p =>
        {
            var webhook = new WebhookConnector(p.GetRequiredService<AddressGuard>(), new(), p.GetRequiredService<TimeProvider>());
            return new Dictionary<string, IConnector>(StringComparer.Ordinal) { [webhook.Kind] = webhook };
        });
        services.AddSingleton<DeliveryAttempt>();
        services.AddSingleton<Circuits>();
        services.AddExports(settings);
        if (settings.Roles.HasFlag(Roles.FanOut))
        {
            services.AddSingleton<FanOut>().AddRole("fanout", p => p.GetRequiredService<FanOut>().Run);
            services.AddSingleton<OperationsFollower>().AddRole("operations", p => p.GetRequiredService<OperationsFollower>().Run);
        }
        if (settings.Roles.HasFlag(Roles.Dispatcher))
        {
            services.AddSingleton<Dispatcher>().AddRole("dispatcher", p => p.GetRequiredService<Dispatcher>().Run);
            services.AddSingleton<ReplayRunner>().AddRole("replays", p => p.GetRequiredService<ReplayRunner>().Run);
            services.AddSingleton<RetryClock>().AddRole("retry-clock", p => p.GetRequiredService<RetryClock>().Run);
            services.AddSingleton<ResumedWorkspaces>().AddRole("resumed-workspaces", p => p.GetRequiredService<ResumedWorkspaces>().Run);
        }
        if (settings.Roles.HasFlag(Roles.Worker)) services.AddSingleton(p => new WorkerNodes(p.GetRequiredService<Store>(), settings.RabbitMq is not null, p.GetRequiredService<TimeProvider>()))
            .AddRole("worker-nodes", p => p.GetRequiredService<WorkerNodes>().Run);
        if (settings.Roles.HasFlag(Roles.Worker)) services.AddSingleton<Worker>().AddRole("worker", p => p.GetRequiredService<Worker>().Run);
        if (settings.Roles.HasFlag(Roles.Dispatcher) || settings.Roles.HasFlag(Roles.Worker))
            services.AddSingleton(p => ActivatorUtilities.CreateInstance<LostQueues>(p, settings.RabbitMq is not null)).AddRole("lost-queues", p => p.GetRequiredService<LostQueues>().Run);
    }

    private static void AddLog(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(LogOrigin.Of(settings.PublicUrl)).AddSingleton<LogKeyring>().AddSingleton<LogSigner>().AddSingleton<CheckpointSigner>().AddSingleton<FreshCheckpoint>();
        services.TryAddSingleton<S3Client>();
        services.AddSingleton(p => new Witnesses(
            p.GetRequiredService<Store>(), p.GetRequiredService<IndexFollower>(), [.. settings.Witnesses.Addresses.Select(w => Of(p, w))], w => Of(p, w),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Witnesses>>()));
        if (!settings.Roles.HasFlag(Roles.Projections)) return;
        services.AddRole(LogFollower.Feed, p => new LogFollower(p.GetRequiredService<Store>(), p.GetRequiredService<ILogger<LogFollower>>()).Run);
        services.AddRole(CheckpointClock.LeaseName, p => ActivatorUtilities.CreateInstance<CheckpointClock>(p, CheckpointClock.Minute).Run);
        services.AddRole(Witnesses.LeaseName, p => p.GetRequiredService<Witnesses>().Run);

        IWitness Of(IServiceProvider services, Uri address) => address.Scheme switch
        {
            "file" => new FileWitness(address),
            "s3" => new S3Witness(address, settings.Witnesses.Store! with { Bucket = address.Host }, services.GetRequiredService<S3Client>()),
            _ => new HttpWitness(address, services.GetRequiredService<GuardedHttp>()),
        };
    }

    private static void AddOffboarding(this IServiceCollection services, Settings settings)
    {
        services.AddForgetting<SigningSecrets>().AddForgetting<CredentialValues>().AddForgetting<ClientCredentialsAuthorizer>().AddForgetting<ConnectionTokens>().AddForgetting<OAuthClients>()
            .AddForgetting<SecretResolver>().AddForgetting<ProviderKeys>().AddForgetting<SigningKeys>();
        if (settings.Roles.HasFlag(Roles.Api)) services.AddForgetting<SourceSecrets>();
        services.AddSingleton<PurgedHere>().AddRole("purged-here", p => p.GetRequiredService<PurgedHere>().Run);
        if (!settings.Roles.HasFlag(Roles.Dispatcher)) return;
        services.AddSingleton<PurgeReceipts>().AddSingleton<PurgedTokens>().AddSingleton<PurgedStream>().AddSingleton<FinalCheckpoint>();
        services.AddSingleton(p => ActivatorUtilities.CreateInstance<PurgeSteps>(p, settings.PurgePatience));
        services.AddSingleton<PurgeRunner>().AddRole("purges", p => p.GetRequiredService<PurgeRunner>().Run);
    }

    private static IServiceCollection AddForgetting<T>(this IServiceCollection services) where T : class, IForgets =>
        services.AddSingleton<IForgets>(p => typeof(IAuthorizer).IsAssignableFrom(typeof(T)) ? (IForgets)p.GetServices<IAuthorizer>().Single(a => a is T) : p.GetRequiredService<T>());

    private static void AddExports(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<S3Client>().AddSingleton<WorkspaceExports>();
        if (!settings.Roles.HasFlag(Roles.Dispatcher)) return;
        services.AddSingleton(p => new FeedForm(
            EdgeJson.Writing, (json, stored, bodies, body) => FeedLine.Write(json, stored, bodies && stored.Event.Type == "event_published" ? new FeedLine.Body(body) : null),
            f => new FeedFilter(f.Types, f.Stream, f.Resource).ToStore(),
            w => p.GetRequiredService<IndexFollower>().Index.Find(w) is { } of ? new(of.Redaction, of.RetentionDays) : new(RedactionRules.ShapeOnly, RetentionClasses.RetentionDaysMax)));
        services.AddSingleton<ExportEnd>().AddSingleton<ExportRunner>().AddRole("exports", p => p.GetRequiredService<ExportRunner>().Run);
        services.AddSingleton<EndedExports>().AddRole("ended-exports", p => p.GetRequiredService<EndedExports>().Run);
    }

    private static void AddOAuth(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.OAuthProviders).AddSingleton<ProviderCalls>().AddSingleton<OAuthClients>();
        services.AddSingleton<TokenTable>().AddSingleton<TokenRenewal>().AddSingleton<ConnectionTokens>().AddSingleton<IAuthorizer, OAuthAuthorizer>();
        if (settings.Roles.HasFlag(Roles.Api))
            services.AddSingleton<AuthorizationStates>().AddSingleton<ConnectSessions>().AddSingleton<Askers>().AddSingleton<BeginAuthorization>().AddSingleton<EndAuthorization>();
        if (!settings.Roles.HasFlag(Roles.Worker)) return;
        services.AddSingleton<GivingBack>();
        services.AddSingleton<TokenClock>().AddRole("token-clock", p => p.GetRequiredService<TokenClock>().Run);
        services.AddSingleton<EndedTokens>().AddRole("ended-tokens", p => p.GetRequiredService<EndedTokens>().Run);
    }

    private static void AddRole(this IServiceCollection services, string name, Func<IServiceProvider, Func<CancellationToken, Task>> run) =>
        services.AddSingleton<IHostedService>(p => new Role(name, run(p), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<Role>>()));
}
