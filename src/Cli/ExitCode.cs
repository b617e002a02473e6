namespace EventMesh.Cli;

/// <summary>What a script learns from <c>$?</c>; documented in docs/cli.md.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;
    public const int NotFound = 4;
    public const int Unauthorised = 5;
    public const int ServerFailed = 6;

    /// <summary>128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;

    public static int OfStatus(int httpStatus) => httpStatus switch
    {
        401 or 403 => Unauthorised,
        404 => NotFound,
        >= 500 => ServerFailed,
        _ => Refused,
    };
}
