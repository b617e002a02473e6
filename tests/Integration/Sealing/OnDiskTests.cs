using System.Text;
using EventMesh.EventStore.Reading;
using EventMesh.Tests.Integration.EventStore;
using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Integration.Sealing;

public sealed class OnDiskTests
{
    [Fact]
    public async Task No_payload_and_no_secret_is_readable_in_the_files_of_the_database()
    {
        await using var server = await PostgresServer.Start();
        await using var opened = await Opened.On(await server.CreateDatabase("disk"), masterKeys: SealingTests.Keys(SealingTests.One));
        var day = DateOnly.FromDateTime(DateTime.UtcNow);
        // One that is stored within its row, and one that is stored beside it.
        foreach (var (id, size) in new[] { ("evt_1", 100), ("evt_2", 50_000) })
            await opened.Store.For("acme").Append(id, "thing", 0, [Opened.Event("""{"seen":"planted-in-an-event"}""")], Opened.Now, [new(id, day, null, Encoding.UTF8.GetBytes("planted-in-a-payload" + new string('.', size)))]);
        await opened.Store.For("acme").PutSecret("k", "planted-in-a-secret"u8.ToArray(), Opened.Now.At);
        await using var direct = await opened.Connect();
        await Opened.Run(direct, "checkpoint");

        var files = Directory.EnumerateFiles((string)(await Opened.Ask(direct, "show data_directory"))!, "*", new EnumerationOptions { RecurseSubdirectories = true }).ToList();
        Assert.Contains(files, f => f.Contains("pg_wal", StringComparison.Ordinal));
        Assert.NotEmpty(Holding(files, "planted-in-an-event"));
        Assert.Empty(Holding(files, "planted-in-a-payload"));
        Assert.Empty(Holding(files, "planted-in-a-secret"));
        Assert.Empty(Holding(files, SealingTests.One[4..]));
    }

    private static List<string> Holding(List<string> files, string text)
    {
        var looked = Encoding.UTF8.GetBytes(text);
        return [.. files.Where(file => Read(file).AsSpan().IndexOf(looked) >= 0)];
    }

    // The server goes on working: a file may be gone since it was listed, and the postmaster's is open.
    private static byte[] Read(string file)
    {
        try
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var bytes = new MemoryStream();
            open.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }
}
