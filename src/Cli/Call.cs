using System.CommandLine;

namespace EventMesh.Cli;

/// <summary>One command being carried out: what was given, and the means to answer it.</summary>
internal sealed class Call : IDisposable
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Shell shell;
    private readonly ParseResult parsed;
    private readonly Lazy<Credentials> credentials;
    private readonly Lazy<Client> client;

    public Call(Shell shell, ParseResult parsed, CancellationToken cancel)
    {
        this.shell = shell;
        this.parsed = parsed;
        Cancel = cancel;
        Output = new Output(shell.Terminal, parsed.GetValue(shell.Json));
        credentials = new(() => new Credentials(shell.Terminal, Server(), NotEmpty(parsed.GetValue(shell.Token)) ?? shell.Terminal.Set("EVENTMESH_TOKEN")));
        client = new(() => new Client(Server(), credentials.Value.For));
    }

    public CancellationToken Cancel { get; }
    public Output Output { get; }
    public Terminal Terminal => shell.Terminal;
    public Client Client => client.Value;

    /// <summary>A client that shows no token, for addresses that want other proofs. Whoever asks disposes it.</summary>
    public Client Anonymous() => new(Server(), _ => null);

    /// <summary>What this command line keeps for itself.</summary>
    public Credentials Credentials => credentials.Value;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);
    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);
    public T Given<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);
    public T Given<T>(Option<T> option) => parsed.GetRequiredValue(option);

    public string Workspace => NotEmpty(parsed.GetValue(shell.Workspace)) ?? Terminal.Set("EVENTMESH_WORKSPACE")
        ?? throw Failure.Usage("which workspace?", "Give -w WORKSPACE or set EVENTMESH_WORKSPACE; `eventmesh workspaces list` shows them.");

    /// <summary>The path of something in this call's workspace, such as <c>connections</c>.</summary>
    public string InWorkspace(FormattableString rest) => Route.To($"/v1/workspaces/{Workspace}/") + Route.To(rest);

    /// <summary>The path of what is shown now, or as it was at the moment that was given.</summary>
    public string Then(string path) => Route.With(path, ("at", NotEmpty(parsed.GetValue(shell.At))));

    /// <summary>The whole address of a path that the server gave.</summary>
    public string AddressOf(string path) => Server().AbsoluteUri.TrimEnd('/') + path;

    public void Dispose()
    {
        if (client.IsValueCreated)
            client.Value.Dispose();
    }

    private Uri Server()
    {
        var given = NotEmpty(parsed.GetValue(shell.Server)) ?? Terminal.Set("EVENTMESH_SERVER") ?? DefaultServer;
        return Uri.TryCreate(given, UriKind.Absolute, out var server) && server.Scheme is "http" or "https"
            ? server
            : throw Failure.Usage($"`{given}` is not the address of a server", $"Give one such as {DefaultServer} with --server or EVENTMESH_SERVER.");
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
