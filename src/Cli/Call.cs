using System.CommandLine;

namespace EventMesh.Cli;

/// <summary>One command being carried out: what was given, and the means to answer it.</summary>
internal sealed class Call : IDisposable
{
    public const string DefaultServer = "http://127.0.0.1:8080";

    private readonly Shell shell;
    private readonly ParseResult parsed;
    private readonly Lazy<Client> client;

    public Call(Shell shell, ParseResult parsed, CancellationToken cancel)
    {
        this.shell = shell;
        this.parsed = parsed;
        Cancel = cancel;
        Output = new Output(shell.Terminal, parsed.GetValue(shell.Json));
        client = new(() => new Client(Server(), Token(Server())));
    }

    public CancellationToken Cancel { get; }
    public Output Output { get; }
    public Terminal Terminal => shell.Terminal;
    public Client Client => client.Value;

    public T? Value<T>(Option<T> option) => parsed.GetValue(option);
    public T? Value<T>(Argument<T> argument) => parsed.GetValue(argument);
    public T Given<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);
    public T Given<T>(Option<T> option) => parsed.GetRequiredValue(option);

    public string Workspace => NotEmpty(parsed.GetValue(shell.Workspace)) ?? Terminal.Set("EVENTMESH_WORKSPACE")
        ?? throw Failure.Usage("which workspace?", "Give -w WORKSPACE or set EVENTMESH_WORKSPACE; `eventmesh workspaces list` shows them.");

    /// <summary>The path of something in this call's workspace, such as <c>connections</c>.</summary>
    public string InWorkspace(FormattableString rest) => Route.To($"/v1/workspaces/{Workspace}/") + Route.To(rest);

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

    /// <summary>The local server's admin token goes to a local server only: another host must be given its token by name.</summary>
    private string? Token(Uri server)
    {
        if ((NotEmpty(parsed.GetValue(shell.Token)) ?? Terminal.Set("EVENTMESH_TOKEN")) is { } given)
            return Header(given, "the token given");
        var file = Path.Combine(Terminal.Set("EVENTMESH_HOME") ?? ".eventmesh", "admin-token");
        if (!server.IsLoopback || !File.Exists(file))
            return null;
        try
        {
            return Header(File.ReadAllText(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new Failure(ExitCode.Unauthorised, $"cannot read {file}: {error.Message}", "Run as the user who started the server, or set EVENTMESH_TOKEN.");
        }
    }

    private static string Header(string token, string origin) =>
        token.Trim() is { Length: > 0 } trimmed && trimmed.All(character => character is > ' ' and <= '~')
            ? trimmed
            : throw Failure.Usage($"{origin} is not a token: it must be printable ASCII without spaces");

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
