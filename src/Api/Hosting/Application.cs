using EventMesh.Api.Description;
using EventMesh.Api.Door;
using EventMesh.Api.Edge;
using EventMesh.Api.Features;
using EventMesh.Api.Features.Health;
using EventMesh.Api.Telemetry;
using EventMesh.EventStore;

namespace EventMesh.Api.Hosting;

/// <summary>The process as one application: its services, and what a request passes on its way.</summary>
internal static class Application
{
    public static WebApplication Build(Settings settings, Store store, AdminToken admin, JsonLines lines)
    {
        var builder = WebApplication.CreateSlimBuilder();
        Logs.Configure(builder.Logging, lines);
        builder.WebHost.UseUrls($"http://{settings.Bind}:{settings.Port}").ConfigureKestrel(k => Server.Configure(k, settings));
        builder.Services.AddEventMesh(settings, store, admin);
        builder.Services.AddDescription();

        var app = builder.Build();
        app.UseMiddleware<RequestLine>();
        app.UseMiddleware<SecurityHeaders>();
        app.UseMiddleware<ProblemAnswer>();
        app.UseMiddleware<TimeLimit>();
        app.UseMiddleware<Cors>();
        app.UseMiddleware<Gate>();
        Health.Map(app);
        if (settings.Roles.HasFlag(Roles.Api))
        {
            Routes.Map(app);
            app.MapDescription();
        }
        RouteEntries.Check(app);
        return app;
    }
}
