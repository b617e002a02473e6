using System.Globalization;
using System.Text;
using EventMesh.Connectors.S3;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Log;

/// <summary>
/// A bucket with an object for each checkpoint, <c>{prefix}/{origin}/{size}-{root}.note</c>. The beginning of the root is part of the name, so another checkpoint of the same size is an object beside it:
/// both can be seen, and none takes the place of the other.
/// </summary>
/// <param name="address"><c>s3://bucket/prefix</c></param>
public sealed class S3Witness(Uri address, S3Target target, S3Client client) : IWitness
{
    private const int RootChars = 16;

    public string Address => address.AbsoluteUri;

    public async Task<Witnessed> Give(string origin, StoredCheckpoint checkpoint, CancellationToken stop)
    {
        try
        {
            await client.PutObject(target, KeyOf(origin, checkpoint), Encoding.UTF8.GetBytes(checkpoint.Note), "text/plain", stop).ConfigureAwait(false);
            return new Witnessed.Kept("");
        }
        catch (S3Failed failure)
        {
            return new Witnessed.Failed(failure.Message);
        }
    }

    private string KeyOf(string origin, StoredCheckpoint checkpoint)
    {
        var prefix = address.AbsolutePath.Trim('/');
        var name = string.Create(CultureInfo.InvariantCulture, $"{origin}/{checkpoint.Size:d19}-{checkpoint.Root.ToString()[..RootChars]}.note");
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }
}
