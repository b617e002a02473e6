using EventMesh.Connectors;
using EventMesh.Domain.Log;
using Xunit;

namespace EventMesh.Tests.Unit.Log;

public class SignedNoteTests
{
    // The key and the note that the reference implementation tests itself with.
    private const string Key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string Seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string Signature = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    private const string Note = Text + "\n" + Signature;

    private static readonly NoteKey Peter = NoteKey.Parse(Key);
    private static readonly Func<byte[], byte[]> Sign = message => Ed25519.Sign(Convert.FromBase64String(Seed).AsSpan(1), message);
    private static readonly Func<byte[], byte[], byte[], bool> Verify = (key, message, signature) => Ed25519.Verify(key, message, signature);

    [Fact]
    public void The_reference_note_verifies() => Assert.Equal([Peter], SignedNote.Parse(Note).Verify([Peter], Verify));

    [Fact]
    public void Its_key_signs_the_very_same_note() => Assert.Equal(Note, SignedNote.Sign(Text, Peter, Sign).ToString());

    [Fact]
    public void A_key_is_written_as_it_was_read()
    {
        Assert.Equal(Key, Peter.ToString());
        Assert.Equal(0xc74f20a3, Peter.Id);
    }

    [Fact]
    public void A_key_that_was_not_copied_whole_is_refused()
    {
        for (var from = 0; from < Key.Length; from++)
            for (var to = from + 1; to <= Key.Length; to++)
                if (to - from < Key.Length) Assert.Throws<FormatException>(() => NoteKey.Parse(Key[from..to]));
        for (var i = 0; i < Key.Length; i++)
        {
            var changed = Key.ToCharArray();
            changed[i]++;
            Assert.Throws<FormatException>(() => NoteKey.Parse(new string(changed)));
        }
    }

    [Theory]
    [InlineData("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==")]
    [InlineData("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")]
    public void A_key_of_another_kind_is_refused(string key) => Assert.Throws<FormatException>(() => NoteKey.Parse(key));

    [Fact]
    public void Any_other_text_is_not_what_was_signed()
    {
        var changed = SignedNote.Parse(Note.Replace("problem is.", "problem was.", StringComparison.Ordinal));
        Assert.Throws<FormatException>(() => changed.Verify([Peter], Verify));
    }

    [Fact]
    public void The_signature_of_a_key_that_is_not_trusted_is_worth_nothing()
    {
        var other = new NoteKey("PeterNeumann", Ed25519.PublicKeyOf(new byte[32]));
        Assert.Empty(SignedNote.Parse(Note).Verify([other], Verify));
        Assert.Empty(SignedNote.Parse(Note).Verify([], Verify));
    }

    [Fact]
    public void Several_may_sign_and_each_is_found()
    {
        var seed = Enumerable.Repeat((byte)7, 32).ToArray();
        var witness = new NoteKey("witness.example/w1", Ed25519.PublicKeyOf(seed));
        var note = SignedNote.Parse(SignedNote.Sign(Text, Peter, Sign).And(witness, m => Ed25519.Sign(seed, m)).ToString());
        Assert.Equal([Peter, witness], note.Verify([Peter, witness], Verify));
        Assert.Equal([witness], note.Verify([witness], Verify));
    }

    [Fact]
    public void A_text_may_have_empty_lines()
    {
        var note = SignedNote.Sign("one\n\nthree\n", Peter, Sign);
        Assert.Equal("one\n\nthree\n", SignedNote.Parse(note.ToString()).Text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("text\n")]
    [InlineData("text\n\n")]
    [InlineData("text\n\nPeterNeumann x08go/Zk\n")]
    [InlineData("text\n\n— PeterNeumann x08go/Zk")]
    [InlineData("text\n\n— PeterNeumann  x08go/Zk\n")]
    [InlineData("text\n\n— PeterNeumann x08go/Z\n")]
    [InlineData("text\n\n— PeterNeumann x08goA==\n")]
    [InlineData("text\n\n— Peter+Neumann x08go/Zk\n")]
    [InlineData("te\txt\n\n— PeterNeumann x08go/ZkAAAA\n")]
    public void What_is_not_a_note_is_refused(string note) => Assert.Throws<FormatException>(() => SignedNote.Parse(note));

    [Fact]
    public void A_checkpoint_is_read_and_written()
    {
        const string text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
        var checkpoint = Checkpoint.Parse(text);
        Assert.Equal("example.com/behind-the-sofa", checkpoint.Origin);
        Assert.Equal(20852163, checkpoint.Size);
        Assert.Equal("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", checkpoint.Root.ToBase64());
        Assert.Equal(text, checkpoint.ToString());
        Assert.Equal(["an extension"], Checkpoint.Parse(text + "an extension\n").Extensions);
    }

    [Theory]
    [InlineData("origin\n1\n")]
    [InlineData("\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jx\n")]
    [InlineData("origin\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")]
    public void What_is_not_a_checkpoint_is_refused(string text) => Assert.Throws<FormatException>(() => Checkpoint.Parse(text));
}
