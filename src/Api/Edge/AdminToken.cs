using System.Security.Cryptography;
using System.Text;

namespace EventMesh.Api.Edge;

/// <summary>The platform admin's token. Only its digest is kept in memory, and it is compared in constant time.</summary>
public sealed class AdminToken
{
    public const string FileName = "admin-token";
    public const string Prefix = "ema_";

    private readonly byte[] digest;

    private AdminToken(string token) => digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public bool Is(ReadOnlySpan<byte> sha256) => CryptographicOperations.FixedTimeEquals(digest, sha256);

    /// <summary>The token that the settings give; else the one kept in the home folder; else a new one, kept there for its owner alone (mode 600).</summary>
    /// <exception cref="SettingRefused">The home folder cannot hold it.</exception>
    public static AdminToken In(Settings settings)
    {
        if (settings.AdminToken is { } given) return new(given);
        var path = Path.Combine(settings.Home, FileName);
        try
        {
            Directory.CreateDirectory(settings.Home);
            if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } kept) return new(kept);
            var token = Prefix + RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 32);
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var file = new StreamWriter(path, options)) file.WriteLine(token);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new(token);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingRefused("EVENTMESH_HOME", $"cannot hold the admin token: {failure.Message}");
        }
    }
}
