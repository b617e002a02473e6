using System.Security.Cryptography;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Domain.Secrets;
using EventMesh.EventStore;
using EventMesh.EventStore.Reading;

namespace EventMesh.Api.Features.Secrets;

/// <summary>A version of a secret that is about to be: its value brought along by the caller, or made here.</summary>
public sealed class NewVersion
{
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    // 256 bits.
    private const int MadeChars = 43;

    private readonly byte[] value;

    private NewVersion(byte[] value, string? shown, DateTimeOffset? expiresAt) => (this.value, Shown, ExpiresAt) = (value, shown, expiresAt);

    public DateTimeOffset? ExpiresAt { get; }

    /// <summary>For its owner's eyes, once: a value that was made here; null when the caller brought it.</summary>
    public string? Shown { get; }

    /// <param name="generate">True: it is made here.</param>
    public static NewVersion Of(string? value, bool? generate, DateTimeOffset? expiresAt, Call call, Checks checks)
    {
        var made = generate == true;
        if (!made) checks.That(value is not null, "value", "is required, unless generate is true");
        else checks.That(value is null, "value", "cannot be given when generate is true");
        if (expiresAt is { } end) checks.That(end > call.Now, "expires_at", "must be in the future");
        var text = made ? RandomNumberGenerator.GetString(Base62, MadeChars) : value ?? "";
        var bytes = Encoding.UTF8.GetBytes(text);
        if (value is not null) checks.That(bytes.Length is >= 1 and <= Secret.ValueBytesMax, "value", $"has 1 to {Secret.ValueBytesMax} bytes in UTF-8");
        return new(bytes, made ? text : null, expiresAt);
    }

    /// <summary>Keeps it. Before the event that names it: a crash in between leaves a value that nobody can ask for, and that is destroyed after a while.</summary>
    /// <returns>Its number.</returns>
    public Task<int> Keep(WorkspaceStore workspace, string name, DateTimeOffset at, CancellationToken stop) => workspace.PutSecretVersion(name, value, at, stop);

    /// <summary>Without the value, wherever it may be printed.</summary>
    public override string ToString() => "NewVersion";
}
