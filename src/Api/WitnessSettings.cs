using EventMesh.Connectors.S3;

namespace EventMesh.Api;

/// <summary>Who outside gets the checkpoints of every workspace's log, and how buckets among them are reached.</summary>
/// <param name="Store">A bucket's name is filled in for each; null where no witness is a bucket.</param>
public sealed record WitnessSettings(IReadOnlyList<Uri> Addresses, S3Target? Store)
{
    public const string Name = "EVENTMESH_WITNESSES";
    private const string RegionDefault = "us-east-1";

    public static readonly WitnessSettings None = new([], null);

    /// <param name="variable">The value of an environment variable; AWS's usual ones say how buckets are reached.</param>
    /// <exception cref="SettingRefused">An address is wrong, or a bucket cannot be reached for want of a variable.</exception>
    public static WitnessSettings Read(string[] listed, Func<string, string?> variable)
    {
        var addresses = Array.ConvertAll(listed, AddressIn);
        return new(addresses, addresses.Any(a => a.Scheme == "s3") ? StoreOf(variable) : null);
    }

    private static Uri AddressIn(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { IsFile: true, Host: "" } or { Scheme: "https" or "http" or "s3", Host.Length: > 0, UserInfo: "", Fragment: "" }
            ? address : throw new SettingRefused(Name, $"'{text}' is not an address of the form https://…, file:///folder or s3://bucket/prefix");

    private static S3Target StoreOf(Func<string, string?> variable)
    {
        var endpoint = variable("AWS_ENDPOINT_URL_S3") ?? variable("AWS_ENDPOINT_URL");
        var credential = new S3Credential(Needed("AWS_ACCESS_KEY_ID"), Needed("AWS_SECRET_ACCESS_KEY"), variable("AWS_SESSION_TOKEN"));
        return new(endpoint is null ? null : new Uri(endpoint), variable("AWS_REGION") ?? RegionDefault, "", endpoint is not null, credential);

        string Needed(string name) => variable(name) ?? throw new SettingRefused(Name, $"names a bucket, and {name} is not set");
    }
}
