using System.Globalization;
using System.Text;
using EventMesh.Connectors;
using EventMesh.Domain.Log;
using EventMesh.Projections.Log;

namespace EventMesh.Delivery.Log;

/// <summary>
/// Somebody who takes checkpoints by HTTP: POST of the note as it is. Whoever answers with lines of signature over the same text (https://c2sp.org/tlog-cosignature) has them kept with it.
/// </summary>
public sealed class HttpWitness(Uri address, GuardedHttp http) : IWitness
{
    public const int CosignaturesMax = 4;
    private const int CosignatureCharsMax = 4_096;

    public string Address => address.AbsoluteUri;

    public async Task<Witnessed> Give(string origin, StoredCheckpoint checkpoint, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(checkpoint.Note, Encoding.UTF8, "text/plain") };
        return await http.Send(request, stop).ConfigureAwait(false) switch
        {
            Fetched.Answer { Status: >= 200 and < 300 } answer => new Witnessed.Kept(Cosignatures(checkpoint, answer.Body.Span)),
            Fetched.Answer answer => new Witnessed.Failed(string.Create(CultureInfo.InvariantCulture, $"it answered {answer.Status}")),
            Fetched.Failed failed => new Witnessed.Failed(failed.Error),
            var other => throw new InvalidOperationException($"No meaning for {other.GetType().Name}."),
        };
    }

    /// <summary>The lines of an answer, if they are lines of signature and claim to be nobody's who signed before: a false one under our name would spoil the note.</summary>
    public static string Cosignatures(StoredCheckpoint checkpoint, ReadOnlySpan<byte> body)
    {
        if (body.Length is 0 or > CosignatureCharsMax) return "";
        try
        {
            var note = SignedNote.Parse(checkpoint.Note);
            var added = SignedNote.Parse(note.Text + "\n" + Encoding.UTF8.GetString(body).TrimEnd('\n') + "\n");
            var known = note.Signatures.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
            return added.Text == note.Text && added.Signatures.Count <= CosignaturesMax && !added.Signatures.Any(s => known.Contains(s.Name)) ? added.ToString()[(added.Text.Length + 1)..] : "";
        }
        catch (FormatException)
        {
            // Most answer with something else, or nothing, and have the checkpoint all the same.
            return "";
        }
    }
}
