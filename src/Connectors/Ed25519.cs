using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace EventMesh.Connectors;

/// <summary>
/// Ed25519 (RFC 8032) by OpenSSL. .NET has none of its own, and on Linux it stands on OpenSSL anyway: this calls the same library, whose
/// arithmetic takes the same time whatever the key. Thread-safe.
/// </summary>
public static class Ed25519
{
    public const int SeedBytes = 32;
    public const int PublicKeyBytes = 32;
    public const int SignatureBytes = 64;

    private const int Nid = 1087; // NID_ED25519
    private const string Library = "eventmesh-openssl";

    private static readonly Lazy<nint> OpenSsl = new(Load);

    static Ed25519() => NativeLibrary.SetDllImportResolver(typeof(Ed25519).Assembly, (name, _, _) => name == Library ? OpenSsl.Value : 0);

    /// <summary>Whether this machine has OpenSSL 1.1.1 or newer; every other member throws <see cref="PlatformNotSupportedException"/> where it has not.</summary>
    public static bool IsSupported => OpenSsl.Value != 0;

    /// <summary>The public key of a private one.</summary>
    /// <param name="seed">The private key: 32 bytes of chance (RFC 8032 §5.1.5).</param>
    public static byte[] PublicKeyOf(ReadOnlySpan<byte> seed)
    {
        using var key = PrivateKey(seed);
        var publicKey = new byte[PublicKeyBytes];
        nuint length = PublicKeyBytes;
        Check(EVP_PKEY_get_raw_public_key(key, ref publicKey[0], ref length));
        return publicKey;
    }

    /// <summary>64 bytes, the same for the same key and message.</summary>
    public static byte[] Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> message)
    {
        using var key = PrivateKey(seed);
        using var context = Checked(EVP_MD_CTX_new());
        Check(EVP_DigestSignInit(context, 0, 0, 0, key));
        var signature = new byte[SignatureBytes];
        nuint length = SignatureBytes;
        Check(EVP_DigestSign(context, ref signature[0], ref length, in Reference(message), (nuint)message.Length));
        return signature;
    }

    /// <summary>False for whatever is not this key's signature of this message, of whatever length or form.</summary>
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != PublicKeyBytes || signature.Length != SignatureBytes) return false;
        Require();
        using var key = EVP_PKEY_new_raw_public_key(Nid, 0, in Reference(publicKey), PublicKeyBytes);
        if (key.IsInvalid) return false;
        using var context = Checked(EVP_MD_CTX_new());
        Check(EVP_DigestVerifyInit(context, 0, 0, 0, key));
        return EVP_DigestVerify(context, in Reference(signature), SignatureBytes, in Reference(message), (nuint)message.Length) == 1;
    }

    private static Key PrivateKey(ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(seed.Length, SeedBytes);
        Require();
        return Checked(EVP_PKEY_new_raw_private_key(Nid, 0, in Reference(seed), SeedBytes));
    }

    // An empty span has no first byte to point at; the length says that none is read.
    private static ref readonly byte Reference(ReadOnlySpan<byte> bytes) => ref bytes.IsEmpty ? ref Nothing[0] : ref MemoryMarshal.GetReference(bytes);

    private static readonly byte[] Nothing = [0];

    private static void Require()
    {
        if (!IsSupported) throw new PlatformNotSupportedException("Ed25519 needs OpenSSL 1.1.1 or newer (libcrypto) on this machine.");
    }

    private static void Check(int result)
    {
        if (result != 1) throw new CryptographicException("OpenSSL refused an Ed25519 operation.");
    }

    private static T Checked<T>(T handle) where T : SafeHandle => handle.IsInvalid ? throw new CryptographicException("OpenSSL refused an Ed25519 key.") : handle;

    private static nint Load()
    {
        foreach (var name in new[] { "libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.3.dylib", "libcrypto-3-x64.dll" })
            if (NativeLibrary.TryLoad(name, out var library) && NativeLibrary.TryGetExport(library, nameof(EVP_PKEY_new_raw_private_key), out _)) return library;
        return 0;
    }

    private sealed class Key() : SafeHandleZeroOrMinusOneIsInvalid(true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_PKEY_free(handle);
            return true;
        }
    }

    private sealed class Context() : SafeHandleZeroOrMinusOneIsInvalid(true)
    {
        protected override bool ReleaseHandle()
        {
            EVP_MD_CTX_free(handle);
            return true;
        }
    }

    // https://docs.openssl.org/3.0/man3/EVP_PKEY_new/ and …/EVP_DigestSignInit/
    [DllImport(Library)] private static extern Key EVP_PKEY_new_raw_private_key(int type, nint engine, in byte key, nuint length);
    [DllImport(Library)] private static extern Key EVP_PKEY_new_raw_public_key(int type, nint engine, in byte key, nuint length);
    [DllImport(Library)] private static extern int EVP_PKEY_get_raw_public_key(Key key, ref byte publicKey, ref nuint length);
    [DllImport(Library)] private static extern void EVP_PKEY_free(nint key);
    [DllImport(Library)] private static extern Context EVP_MD_CTX_new();
    [DllImport(Library)] private static extern void EVP_MD_CTX_free(nint context);
    [DllImport(Library)] private static extern int EVP_DigestSignInit(Context context, nint keyContext, nint digest, nint engine, Key key);
    [DllImport(Library)] private static extern int EVP_DigestSign(Context context, ref byte signature, ref nuint signatureLength, in byte message, nuint length);
    [DllImport(Library)] private static extern int EVP_DigestVerifyInit(Context context, nint keyContext, nint digest, nint engine, Key key);
    [DllImport(Library)] private static extern int EVP_DigestVerify(Context context, in byte signature, nuint signatureLength, in byte message, nuint length);
}
