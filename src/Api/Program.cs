using EventMesh.Api;
using EventMesh.Api.Edge;
using EventMesh.Api.Hosting;
using EventMesh.Api.Telemetry;
using EventMesh.Projections.Index;

if (args.Length > 0)
{
    var asked = args is ["--help" or "-h"];
    (asked ? Console.Out : Console.Error).WriteLine(asked ? Settings.Help : "Settings are environment variables; --help lists them.");
    return asked ? 0 : 2;
}

try
{
    var settings = Settings.Read(Environment.GetEnvironmentVariable);
    var admin = AdminToken.In(settings);

    await using var lines = new JsonLines(Console.OpenStandardOutput(), TimeProvider.System);
    using var otlp = Otlp.Start();
    using var logging = LoggerFactory.Create(l => Logs.Configure(l, lines));
    await using var store = await OpenStore.Run(settings, TimeProvider.System, logging.CreateLogger("EventMesh.Api"));

    await using var app = Application.Build(settings, store, admin, lines);
    await Server.Start(app, settings);
    await app.Services.GetRequiredService<IndexFollower>().Fresh(TimeSpan.FromSeconds(60), app.Lifetime.ApplicationStopping);
    lines.Say($"EventMesh is ready at {app.Urls.First()}");
    await app.WaitForShutdownAsync();
    return 0;
}
catch (SettingRefused refused)
{
    Console.Error.WriteLine(refused.Message);
    return 2;
}
