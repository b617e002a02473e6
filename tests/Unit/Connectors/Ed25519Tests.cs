using System.Text.Json;
using EventMesh.Connectors;
using EventMesh.Tests.Unit.Architecture;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EventMesh.Tests.Unit.Connectors;

public sealed class Ed25519Tests
{
    // RFC 8032 §7.1, tests 1, 2, 3 and SHA(abc): seed, public key, message, signature.
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    [InlineData(
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42", "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704")]
    public void The_vectors_of_RFC_8032_hold(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Hex(Ed25519.PublicKeyOf(Bytes(seed))));
        Assert.Equal(signature, Hex(Ed25519.Sign(Bytes(seed), Bytes(message))));
        Assert.True(Ed25519.Verify(Bytes(publicKey), Bytes(message), Bytes(signature)));
    }

    // Wycheproof, C2SP, Apache-2.0: see the licence beside the file.
    [Fact]
    public void Wycheproof_s_valid_signatures_are_accepted_and_its_invalid_ones_are_not()
    {
        using var vectors = JsonDocument.Parse(Repository.Read("tests/Unit/Connectors/wycheproof/ed25519_test.json"));
        var tried = 0;
        foreach (var group in vectors.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            var key = Bytes(group.GetProperty("publicKey").GetProperty("pk").GetString()!);
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                var valid = Ed25519.Verify(key, Bytes(test.GetProperty("msg").GetString()!), Bytes(test.GetProperty("sig").GetString()!));
                Assert.True(valid == (test.GetProperty("result").GetString() == "valid"), $"tcId {test.GetProperty("tcId")}: {test.GetProperty("comment")}");
                tried++;
            }
        }
        Assert.Equal(vectors.RootElement.GetProperty("numberOfTests").GetInt32(), tried);
    }

    [Fact]
    public void What_was_signed_verifies_and_one_changed_bit_does_not() =>
        Prop.ForAll<byte[], PositiveInt>((message, place) =>
        {
            byte[] seed = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * place.Get))];
            var key = Ed25519.PublicKeyOf(seed);
            var signature = Ed25519.Sign(seed, message);
            byte[] changed = [.. message, 0], broken = [.. signature];
            broken[place.Get % broken.Length] ^= 1;
            return Ed25519.Verify(key, message, signature) && !Ed25519.Verify(key, changed, signature) && !Ed25519.Verify(key, message, broken);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public void A_private_key_has_32_bytes(int bytes) => Assert.Throws<ArgumentOutOfRangeException>(() => Ed25519.Sign(new byte[bytes], []));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex);
    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
