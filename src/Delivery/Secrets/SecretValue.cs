using System.Text;

namespace EventMesh.Delivery.Secrets;

/// <summary>A secret's value, for whoever runs, for as long as it runs. Not for keeping: what keeps it does not hear of its revocation.</summary>
public sealed class SecretValue(string name, int version, byte[] value)
{
    public string Name { get; } = name;
    public int Version { get; } = version;
    public ReadOnlySpan<byte> Bytes => value;

    /// <summary>The value as the text that it was brought as.</summary>
    public string Text() => Encoding.UTF8.GetString(value);

    /// <summary>Without the value, wherever it may be printed.</summary>
    public override string ToString() => $"{Name} {Version}";
}
