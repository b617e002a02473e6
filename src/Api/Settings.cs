using System.Globalization;
using System.Net;
using EventMesh.Connectors.OAuth;
using EventMesh.Domain.Limits;
using EventMesh.Messaging.RabbitMq;

namespace EventMesh.Api;

/// <summary>What this process does: all of it by default, or a part on each of several nodes.</summary>
[Flags]
public enum Roles { Api = 1, FanOut = 2, Dispatcher = 4, Worker = 8, Projections = 16, All = 31 }

/// <summary>How this process runs, from environment variables. Each may also be written with two underscores after <c>EVENTMESH</c>.</summary>
public sealed record Settings(
    string Home, string Bind, int Port, string Postgres, string? RabbitMq, QueueType QueueType, Roles Roles, IReadOnlyList<IPNetwork> AllowNetworks, string? AdminToken, Plans Plans, TimeSpan DisableAfter,
    string? PublicUrl, TimeSpan IssuerKeyAge, TimeSpan IssuerKeyOverlap,
    string? MasterKeyFile = null, string? MasterKey = null, string? MasterKeyKms = null, string? KmsEndpoint = null)
{
    private const int AdminTokenCharsMin = 16;

    /// <summary>Networks of proxies that are believed what they say of whom they speak for.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Folder of the keys that data keys are wrapped by before the master key wraps them; null for the one at home, or none.</summary>
    public string? ErasureKeys { get; init; }

    /// <summary>How long a purge asks providers to take tokens back.</summary>
    public TimeSpan PurgePatience { get; init; }

    /// <summary>TCP connections that may be open at once.</summary>
    public int ConnectionsMax { get; init; }

    /// <summary>The OAuth providers that come with the platform, and those of the folder that adds to them.</summary>
    public required Providers OAuthProviders { get; init; }

    /// <summary>Who outside gets the checkpoints of every workspace's log.</summary>
    public WitnessSettings Witnesses { get; init; } = WitnessSettings.None;

    /// <summary>Every setting: name, default, meaning.</summary>
    public static readonly IReadOnlyList<(string Name, string? Default, string Meaning)> All =
    [
        ("EVENTMESH_HOME", ".eventmesh", "Folder of what this node keeps: the admin token and the master key."),
        ("EVENTMESH_BIND", "127.0.0.1", "Address to listen on; 0.0.0.0 for every IPv4 address of this machine, [::] for all."),
        ("EVENTMESH_PORT", "8080", "Port to listen on; 0 takes a free one."),
        ("EVENTMESH_PUBLIC_URL", null, "Where others reach this EventMesh, such as https://events.example.com: the same on every node. Without it the address that this node listens on."),
        ("EVENTMESH_POSTGRES", null, "Connection string of the PostgreSQL database: Host=…;Port=…;Username=…;Password=…;Database=…. Required."),
        ("EVENTMESH_RABBITMQ", null, "Address of the RabbitMQ broker: amqp://user:password@host:port/vhost. Without it work is queued in this process."),
        ("EVENTMESH_RABBITMQ_QUEUE_TYPE", "classic", "Of queues that are made: classic, or quorum where the broker is a cluster."),
        ("EVENTMESH_ROLES", "all", "What this process does: all, or some of api, fanout, dispatcher, worker, projections, separated by commas."),
        ("EVENTMESH_ALLOW_NETWORKS", null, "Networks that webhooks may reach although they are not public, in CIDR form, separated by commas: 127.0.0.0/8,10.1.0.0/16."),
        ("EVENTMESH_TRUSTED_PROXIES", null, "Networks of the proxies in front of this process, in CIDR form, separated by commas: only they are believed X-Forwarded-For and X-Forwarded-Proto."),
        ("EVENTMESH_CONNECTIONS_MAX", "10000", "TCP connections that may be open at once; one more is closed at once."),
        ("EVENTMESH_ADMIN_TOKEN", null, "The platform admin's token, at least 16 characters. Without it one is made and kept in $EVENTMESH_HOME/admin-token."),
        ("EVENTMESH_MASTER_KEY_FILE", null, "File of the master keys, readable by its owner alone: lines id:key with 32 bytes in base64, the first is current. Without any master key one is made and kept in $EVENTMESH_HOME/master-key."),
        ("EVENTMESH_MASTER_KEY", null, "The master keys themselves in the same form, separated by commas."),
        ("EVENTMESH_MASTER_KEY_KMS", null, "Id or ARN of an AWS KMS key that is the master key. Region and credentials come from AWS's usual variables."),
        ("EVENTMESH_MASTER_KEY_KMS_ENDPOINT", null, "Address of AWS KMS, when it is not that of the region."),
        ("EVENTMESH_ERASURE_KEYS", null, "Folder of the keys that make a purged workspace's backups unreadable: shared by all nodes, and in no backup of the database. Without it $EVENTMESH_HOME/erasure-keys where the master key is kept there too, else none."),
        ("EVENTMESH_PURGE_PATIENCE", "10m", "How long a purge asks OAuth providers to take tokens back before it destroys them all the same: a whole number with d, h, m or s, from 1s to 1d."),
        ("EVENTMESH_PLANS", null, "JSON file of the plans that workspaces may have, instead of starter, professional and enterprise as they come."),
        ("EVENTMESH_DISABLE_AFTER", "5d", "How long a connection may have nothing but failures before it is disabled: a whole number with d, h, m or s, from 1s to 365d."),
        ("EVENTMESH_ISSUER_KEY_AGE", "90d", "How old the newest signing key of a workspace's issuer gets before the next is made: a whole number with d, h, m or s, from 1s to 365d."),
        ("EVENTMESH_ISSUER_KEY_OVERLAP", "10m", "How long a new signing key is shown before it signs: a whole number with d, h, m or s, from 1s to 7d."),
        ("EVENTMESH_OAUTH_PROVIDERS", null, "Folder of *.yaml files that describe further OAuth providers, or others in place of those that come with the platform."),
        ("EVENTMESH_WITNESSES", null, "Who outside gets the checkpoints of every workspace's log, separated by commas: https://… by POST, file:///folder a file each, s3://bucket/prefix an object each (AWS's usual variables). The same on every node."),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", null, "Where traces, metrics and logs go by OTLP. The other OTEL_* variables of the OpenTelemetry specification hold too."),
    ];

    public static string Help => $"""
        EventMesh routes the events of many workspaces to their webhooks.

        Usage: eventmesh-api [--help]

        Settings are environment variables; EVENTMESH__PORT is the same as EVENTMESH_PORT.

        {string.Join("\n\n", All.Select(s => $"  {s.Name}{(s.Default is null ? "" : $" (default {s.Default})")}\n      {s.Meaning}"))}

        """;

    /// <param name="variable">The value of an environment variable; null when it is not set.</param>
    /// <exception cref="SettingRefused">A setting is missing or wrong.</exception>
    public static Settings Read(Func<string, string?> variable)
    {
        var settings = new Settings(
            Path.GetFullPath(Of("EVENTMESH_HOME") ?? ".eventmesh"),
            Of("EVENTMESH_BIND") is { } bind ? AddressIn(bind) : "127.0.0.1",
            Of("EVENTMESH_PORT") is { } port ? PortIn(port) : 8080,
            Of("EVENTMESH_POSTGRES") is { } postgres ? ConnectionStringIn(postgres) : throw new SettingRefused("EVENTMESH_POSTGRES", "is not set; give the connection string of a PostgreSQL database"),
            Of("EVENTMESH_RABBITMQ") is { } rabbitMq ? BrokerIn(rabbitMq) : null,
            QueueTypeIn(Of("EVENTMESH_RABBITMQ_QUEUE_TYPE") ?? "classic"),
            RolesIn(Of("EVENTMESH_ROLES") ?? "all"),
            [.. Listed(Of("EVENTMESH_ALLOW_NETWORKS") ?? "").Select(n => NetworkIn("EVENTMESH_ALLOW_NETWORKS", n))],
            Of("EVENTMESH_ADMIN_TOKEN") is { } token ? TokenIn(token) : null,
            Of("EVENTMESH_PLANS") is { } plans ? PlansIn(plans) : Plans.Default,
            SpanIn("EVENTMESH_DISABLE_AFTER", Of("EVENTMESH_DISABLE_AFTER") ?? "5d", TimeSpan.FromDays(365)),
            Of("EVENTMESH_PUBLIC_URL") is { } address ? PublicUrlIn(address) : null,
            SpanIn("EVENTMESH_ISSUER_KEY_AGE", Of("EVENTMESH_ISSUER_KEY_AGE") ?? "90d", TimeSpan.FromDays(365)),
            SpanIn("EVENTMESH_ISSUER_KEY_OVERLAP", Of("EVENTMESH_ISSUER_KEY_OVERLAP") ?? "10m", TimeSpan.FromDays(7)),
            Of("EVENTMESH_MASTER_KEY_FILE"), Of("EVENTMESH_MASTER_KEY"), Of("EVENTMESH_MASTER_KEY_KMS"), Of("EVENTMESH_MASTER_KEY_KMS_ENDPOINT"))
        {
            TrustedProxies = [.. Listed(Of("EVENTMESH_TRUSTED_PROXIES") ?? "").Select(n => NetworkIn("EVENTMESH_TRUSTED_PROXIES", n))],
            PurgePatience = SpanIn("EVENTMESH_PURGE_PATIENCE", Of("EVENTMESH_PURGE_PATIENCE") ?? "10m", TimeSpan.FromDays(1)),
            ErasureKeys = Of("EVENTMESH_ERASURE_KEYS"),
            ConnectionsMax = ConnectionsIn(Of("EVENTMESH_CONNECTIONS_MAX") ?? "10000"),
            Witnesses = WitnessSettings.Read(Listed(Of(WitnessSettings.Name) ?? ""), Of),
            OAuthProviders = ProvidersIn(Of("EVENTMESH_OAUTH_PROVIDERS")),
        };
        var handsOver = settings.Roles.HasFlag(Roles.Dispatcher);
        return settings.RabbitMq is not null || handsOver == settings.Roles.HasFlag(Roles.Worker) ? settings
            : throw new SettingRefused("EVENTMESH_ROLES", $"gives this process {(handsOver ? "dispatcher without worker" : "worker without dispatcher")}; without EVENTMESH_RABBITMQ work is queued in the process, so they go together");

        string? Of(string name)
        {
            var (single, doubled) = (variable(name), variable(name.Replace("EVENTMESH_", "EVENTMESH__", StringComparison.Ordinal)));
            return !string.IsNullOrWhiteSpace(single) ? single.Trim() : !string.IsNullOrWhiteSpace(doubled) ? doubled.Trim() : null;
        }
    }

    /// <summary>Nothing of what it holds: there are passwords and keys in it.</summary>
    public override string ToString() => nameof(Settings);

    private static string AddressIn(string text) =>
        IPAddress.TryParse(text, out var address) ? (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString())
        : throw new SettingRefused("EVENTMESH_BIND", $"'{text}' is not an IP address");

    private static int PortIn(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port
        : throw new SettingRefused("EVENTMESH_PORT", $"'{text}' is not a port; give a number from 0 to 65535");

    private static string PublicUrlIn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address is { PathAndQuery: "/", Fragment: "", UserInfo: "" } ? address.GetLeftPart(UriPartial.Authority)
        : throw new SettingRefused("EVENTMESH_PUBLIC_URL", "is not an address of the form https://host or https://host:port, without a path, a query or a password");

    private static string ConnectionStringIn(string text)
    {
        try
        {
            return new Npgsql.NpgsqlConnectionStringBuilder(text) is { Host.Length: > 0 } ? text : throw new SettingRefused("EVENTMESH_POSTGRES", "names no Host");
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException)
        {
            // The message of the cause could quote the password.
            throw new SettingRefused("EVENTMESH_POSTGRES", "is not a connection string of the form Host=…;Port=…;Username=…;Password=…;Database=…");
        }
    }

    private static string BrokerIn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "amqp" or "amqps" ? text
        : throw new SettingRefused("EVENTMESH_RABBITMQ", "is not an address of the form amqp://user:password@host:port/vhost");

    private static QueueType QueueTypeIn(string text) => text.ToLowerInvariant() switch
    {
        "classic" => QueueType.Classic,
        "quorum" => QueueType.Quorum,
        _ => throw new SettingRefused("EVENTMESH_RABBITMQ_QUEUE_TYPE", $"'{text}' is not a type of queue; give classic or quorum"),
    };

    private static Roles RolesIn(string text)
    {
        Roles roles = 0;
        foreach (var name in Listed(text))
        {
            roles |= name.ToLowerInvariant() switch
            {
                "all" => Roles.All,
                "api" => Roles.Api,
                "fanout" => Roles.FanOut,
                "dispatcher" => Roles.Dispatcher,
                "worker" => Roles.Worker,
                "projections" => Roles.Projections,
                _ => throw new SettingRefused("EVENTMESH_ROLES", $"'{name}' is not a role; give all, or some of api, fanout, dispatcher, worker, projections"),
            };
        }
        return roles != 0 ? roles : throw new SettingRefused("EVENTMESH_ROLES", "names no role");
    }

    private static int ConnectionsIn(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var connections) && connections is > 0 and <= 1_000_000 ? connections
        : throw new SettingRefused("EVENTMESH_CONNECTIONS_MAX", $"'{text}' is not a number from 1 to 1000000");

    private static IPNetwork NetworkIn(string name, string text) =>
        IPNetwork.TryParse(text, out var network) ? network
        : throw new SettingRefused(name, $"'{text}' is not a network in CIDR form such as 10.1.0.0/16");

    private static string TokenIn(string text) =>
        text.Length >= AdminTokenCharsMin && text.All(c => c is > ' ' and <= '~') ? text
        : throw new SettingRefused("EVENTMESH_ADMIN_TOKEN", $"must be at least {AdminTokenCharsMin} printable ASCII characters without spaces");

    private static Plans PlansIn(string file)
    {
        try
        {
            return Plans.Parse(File.ReadAllText(file));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingRefused("EVENTMESH_PLANS", $"names a file that cannot be read: {failure.Message}");
        }
        catch (FormatException wrong)
        {
            throw new SettingRefused("EVENTMESH_PLANS", $"names a file that {wrong.Message}");
        }
    }

    private static Providers ProvidersIn(string? folder)
    {
        try
        {
            return Providers.Load(folder);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or ProviderRefused)
        {
            throw new SettingRefused("EVENTMESH_OAUTH_PROVIDERS", $"names a folder that cannot be used: {wrong.Message}");
        }
    }

    private static TimeSpan SpanIn(string name, string text, TimeSpan most)
    {
        var unit = text[^1] switch { 'd' => TimeSpan.FromDays(1), 'h' => TimeSpan.FromHours(1), 'm' => TimeSpan.FromMinutes(1), 's' => TimeSpan.FromSeconds(1), _ => TimeSpan.Zero };
        return unit != TimeSpan.Zero && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= most / unit
            ? unit * count
            : throw new SettingRefused(name, $"'{text}' is not a time; give a whole number with d, h, m or s, from 1s to {most.TotalDays:0}d");
    }

    private static string[] Listed(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A setting is missing or wrong. The message is for whoever starts the process.</summary>
public sealed class SettingRefused(string name, string reason) : Exception($"{name} {reason.TrimEnd('.')}.");
