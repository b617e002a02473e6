using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EventMesh.Tests.Unit.Sealing;

/// <summary>
/// As much of AWS KMS as wrapping needs: <c>TrentService.Encrypt</c> and <c>TrentService.Decrypt</c> of its JSON 1.1 protocol, with keys that never leave it. What it encrypts names the
/// key and is bound to the encryption context, as at KMS.
/// </summary>
internal sealed class KmsStandIn : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, byte[]> keys = new(StringComparer.Ordinal);

    private KmsStandIn(WebApplication app) => this.app = app;

    public string Address => app.Urls.First();

    /// <summary>What it was asked for: the operation and the encryption context.</summary>
    public List<(string Operation, JsonObject Context)> Asked { get; } = [];

    /// <summary>Answers everything with 503 from now on.</summary>
    public bool Down { get; set; }

    public static async Task<KmsStandIn> Start(params string[] keys)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var kms = new KmsStandIn(app);
        foreach (var key in keys) kms.keys[key] = RandomNumberGenerator.GetBytes(32);
        app.MapPost("/", kms.Handle);
        await app.StartAsync();
        return kms;
    }

    private async Task Handle(HttpContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var operation = context.Request.Headers["X-Amz-Target"].ToString();
        lock (Asked) Asked.Add((operation, request["EncryptionContext"]!.AsObject()));
        var signed = context.Request.Headers.Authorization.ToString().StartsWith("AWS4-HMAC-SHA256 ", StringComparison.Ordinal);
        var (status, answer) = Down ? (503, Refusal("KMSInternalException")) : !signed ? (400, Refusal("MissingAuthenticationTokenException")) : operation switch
        {
            "TrentService.Encrypt" => Encrypt(request),
            "TrentService.Decrypt" => Decrypt(request),
            _ => (400, Refusal("UnknownOperationException")),
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.1";
        await context.Response.WriteAsync(answer.ToJsonString());
    }

    private (int, JsonObject) Encrypt(JsonObject request)
    {
        var id = request["KeyId"]!.GetValue<string>();
        if (!keys.TryGetValue(id, out var key)) return (400, Refusal("NotFoundException"));
        var plain = Convert.FromBase64String(request["Plaintext"]!.GetValue<string>());
        byte[] nonce = RandomNumberGenerator.GetBytes(12), cipher = new byte[plain.Length], tag = new byte[16];
        using (var aes = new AesGcm(key, 16)) aes.Encrypt(nonce, plain, cipher, tag, Context(request));
        byte[] blob = [(byte)id.Length, .. Encoding.ASCII.GetBytes(id), .. nonce, .. cipher, .. tag];
        return (200, new() { ["KeyId"] = id, ["CiphertextBlob"] = Convert.ToBase64String(blob), ["EncryptionAlgorithm"] = "SYMMETRIC_DEFAULT" });
    }

    private (int, JsonObject) Decrypt(JsonObject request)
    {
        var blob = Convert.FromBase64String(request["CiphertextBlob"]!.GetValue<string>());
        var id = Encoding.ASCII.GetString(blob, 1, blob[0]);
        var asked = request["KeyId"]!.GetValue<string>();
        if (!keys.ContainsKey(asked)) return (400, Refusal("NotFoundException"));
        if (asked != id) return (400, Refusal("IncorrectKeyException"));
        var sealedBytes = blob.AsSpan(1 + id.Length);
        var plain = new byte[sealedBytes.Length - 28];
        try
        {
            using var aes = new AesGcm(keys[id], 16);
            aes.Decrypt(sealedBytes[..12], sealedBytes[12..^16], sealedBytes[^16..], plain, Context(request));
        }
        catch (CryptographicException)
        {
            return (400, Refusal("InvalidCiphertextException"));
        }
        return (200, new() { ["KeyId"] = id, ["Plaintext"] = Convert.ToBase64String(plain) });
    }

    private static byte[] Context(JsonObject request) =>
        Encoding.UTF8.GetBytes(string.Join('\n', request["EncryptionContext"]!.AsObject().OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value}")));

    private static JsonObject Refusal(string type) => new() { ["__type"] = type, ["message"] = type };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();
}
