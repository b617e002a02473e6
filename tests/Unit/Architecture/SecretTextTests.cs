using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using EventMesh.Api.Edge;
using EventMesh.Connectors;
using EventMesh.Delivery;
using EventMesh.EventStore;
using EventMesh.Messaging;
using EventMesh.Projections.Index;
using Xunit;

namespace EventMesh.Tests.Unit.Architecture;

/// <summary>
/// A record prints all of its members, into every log line and exception that mentions it. One that holds a secret says otherwise: each is made here with a canary in whatever
/// its name says is secret, and its text searched for it.
/// </summary>
public class SecretTextTests
{
    private const string Canary = "canary-7f3a";

    // Domain is not among them: what it holds is stored for ever, and is ids, digests and public keys by its own rules.
    private static readonly Assembly[] Ours =
        [typeof(Store).Assembly, typeof(Dispatch).Assembly, typeof(IndexFollower).Assembly, typeof(IConnector).Assembly, typeof(FanOut).Assembly, typeof(Gate).Assembly];

    private static readonly string[] SecretWords = ["secret", "password", "passphrase", "signing", "privatekey", "clientsecret", "token", "apikey", "bearer", "plaintext", "value", "key", "authorization", "receiveat"];

    // Members whose names say secret and that hold none, each with the reason.
    private static readonly HashSet<string> Public =
    [
        "RotateSecret.PublicKey", "CreateConnection.PublicKey", "ReadSecrets.PublicKey", // shown to whoever verifies
        "ReadLogKeys.VerifierKey", // pinned by whoever checks us
        "ListLines.Key", "LinedUp.Key", "WaitingLine.Key", // by which deliveries are ordered
        "WrappedKey.MasterKey", "WrappedBy.MasterKey", "DataKeyState.MasterKey", "DataKeyView.MasterKey", "EncryptionView.MasterKey", "PurgedKey.MasterKey", // its name
        "ProviderFields.TenantValue", "ProviderView.TenantValue", // the name that a provider knows the workspace by
        "SourceFields.Value", // a constant attribute of events
    ];

    public static TheoryData<string> Holders => [.. Ours.SelectMany(a => a.GetTypes()).Where(t => IsRecord(t) && !t.IsAbstract && !t.ContainsGenericParameters && t.Namespace?.StartsWith("EventMesh.", StringComparison.Ordinal) == true && SecretMembers(t).Any()).Select(t => t.FullName!)];

    [Theory, MemberData(nameof(Holders))]
    public void What_holds_a_secret_does_not_print_it(string name)
    {
        var type = Ours.Select(a => a.GetType(name)).First(t => t is not null)!;
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(p => p.PropertyType is { IsClass: true, IsAbstract: false } && p.PropertyType.Namespace?.StartsWith("EventMesh.", StringComparison.Ordinal) == true))
            Fill(made, type, member, RuntimeHelpers.GetUninitializedObject(member.PropertyType));
        foreach (var member in SecretMembers(type)) Fill(made, type, member, Of(member.PropertyType));
        var text = made.ToString() ?? "";
        Assert.False(text.Contains(Canary, StringComparison.Ordinal), $"{type} prints {string.Join(", ", SecretMembers(type).Select(m => m.Name))}: override ToString, or say why it is public");
    }

    private static void Fill(object made, Type type, PropertyInfo member, object value)
    {
        for (var at = type; at is not null; at = at.BaseType)
            if (at.GetField($"<{member.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is { } field)
                field.SetValue(made, value);
    }

    private static object Of(Type type) =>
        type == typeof(string) ? Canary
        : type == typeof(byte[]) ? Encoding.ASCII.GetBytes(Canary)
        : new List<string> { Canary };

    // Text or bytes, or a list of texts; a digest, an id or a name of a secret is none.
    private static IEnumerable<PropertyInfo> SecretMembers(Type type) => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .Where(p => p.Name != "EqualityContract" && (p.PropertyType == typeof(string) || p.PropertyType.IsAssignableFrom(typeof(List<string>)) && p.PropertyType != typeof(object)))
        .Where(p => SecretWords.Any(w => p.Name.Replace("_", "", StringComparison.Ordinal).EndsWith(w, StringComparison.OrdinalIgnoreCase)))
        .Where(p => !Public.Contains($"{(type.DeclaringType ?? type).Name}.{p.Name}"));

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public) is not null;
}
