using System.Security.Cryptography;
using System.Text.Json;
using EventMesh.EventStore.Sealing;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

public class SealedFormTests
{
    [Fact]
    public void Wycheproofs_vectors_for_keys_of_256_bits_and_nonces_of_96_hold()
    {
        using var vectors = JsonDocument.Parse(Repository.Read("tests/Unit/Sealing/wycheproof/aes_gcm_test.json"));
        var tried = 0;
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            if (group.GetProperty("keySize").GetInt32() != 256 || group.GetProperty("ivSize").GetInt32() != 96) continue;
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                Hold(test);
                tried++;
            }
        }
        Assert.Equal(66, tried);
    }

    private static void Hold(JsonElement test)
    {
        byte[] Of(string name) => Convert.FromHexString(test.GetProperty(name).GetString()!);
        using var cipher = new AesGcm(Of("key"), SealedForm.TagBytes);
        byte[] message = Of("msg"), sealedBytes = [.. Of("ct"), .. Of("tag")];
        var opened = new byte[message.Length];
        if (test.GetProperty("result").GetString() == "valid")
        {
            var made = new byte[sealedBytes.Length];
            SealedForm.Encrypt(cipher, Of("iv"), message, made, Of("aad"));
            Assert.Equal(sealedBytes, made);
            SealedForm.Decrypt(cipher, Of("iv"), sealedBytes, opened, Of("aad"));
            Assert.Equal(message, opened);
        }
        else
        {
            Assert.ThrowsAny<CryptographicException>(() => SealedForm.Decrypt(cipher, Of("iv"), sealedBytes, opened, Of("aad")));
        }
    }

    [Fact]
    public void A_sealed_form_has_a_version_the_number_of_its_key_a_nonce_and_a_tag()
    {
        var form = Key(7).For(Bound()).Seal(Bound(), "hello"u8);
        Assert.Equal(5 + 33, form.Length);
        Assert.Equal([1, 0, 0, 0, 7], form[..5]);
        Assert.Equal(7, SealedForm.NumberOf(form));
    }

    [Fact]
    public void The_same_value_is_sealed_with_another_nonce_each_time()
    {
        var nonces = Enumerable.Range(0, 1_000).Select(_ => Convert.ToHexString(Key(1).For(Bound()).Seal(Bound(), "hello"u8).AsSpan(SealedForm.NonceAt, SealedForm.NonceBytes)));
        Assert.Equal(1_000, nonces.Distinct().Count());
    }

    [Theory]
    [InlineData(SealKind.Secret, "acme", "evt_1", 5)]
    [InlineData(SealKind.Payload, "zeta", "evt_1", 5)]
    [InlineData(SealKind.Payload, "acme", "evt_2", 5)]
    [InlineData(SealKind.Payload, "acme", "evt_1", 6)]
    [InlineData(SealKind.Payload, "acmee", "vt_1", 5)]
    internal void What_was_sealed_for_one_binding_does_not_open_for_another(SealKind kind, string workspace, string name, int version)
    {
        var bound = new AssociatedData(SealKind.Payload, "acme", "evt_1", 5);
        var key = Key(1);
        var form = key.For(bound).Seal(bound, "hello"u8);
        Assert.Equal("hello"u8.ToArray(), key.For(bound).Open(bound, form));

        var other = new AssociatedData(kind, workspace, name, version);
        // With the very key that sealed it, so that nothing but the binding can refuse.
        var refused = Assert.Throws<SealBroken>(() => key.For(bound).Open(other, form));
        Assert.Equal(workspace, refused.Workspace);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Throws<SealBroken>(() => key.For(other).Open(other, form));
    }

    [Fact]
    public void A_change_of_any_byte_breaks_the_seal()
    {
        var key = Key(1);
        var form = key.For(Bound()).Seal(Bound(), "hello"u8);
        for (var i = SealedForm.NonceAt; i < form.Length; i++)
        {
            var changed = form.ToArray();
            changed[i] ^= 1;
            Assert.Throws<SealBroken>(() => key.For(Bound()).Open(Bound(), changed));
        }
    }

    [Fact]
    public void Each_day_has_a_key_of_its_own()
    {
        AssociatedData today = Bound() with { Version = 100 }, tomorrow = Bound() with { Version = 101 };
        var key = Key(1);
        Assert.NotSame(key.For(today), key.For(tomorrow));
        Assert.Same(key.For(today), key.For(today));
        Assert.Throws<SealBroken>(() => key.For(tomorrow).Open(today, key.For(today).Seal(today, "hello"u8)));
        // Derived again after many other days, it is the same.
        var form = key.For(today).Seal(today, "hello"u8);
        for (var day = 1; day < 50; day++) key.For(today with { Version = day });
        Assert.Equal("hello"u8.ToArray(), key.For(today).Open(today, form));
    }

    [Fact]
    public void Many_threads_seal_and_open_with_one_key_at_once()
    {
        var key = Key(1);
        Parallel.For(0, 20_000, i =>
        {
            var value = BitConverter.GetBytes(i);
            Assert.Equal(value, key.For(Bound()).Open(Bound(), key.For(Bound()).Seal(Bound(), value)));
        });
    }

    private static AssociatedData Bound() => new(SealKind.Payload, "acme", "evt_1", 5);

    private static DataKey Key(int number) => new(number, [.. Enumerable.Repeat((byte)number, 32)]);
}
