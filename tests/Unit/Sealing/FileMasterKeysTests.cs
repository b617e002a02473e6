using EventMesh.EventStore.Sealing;
using Xunit;

namespace EventMesh.Tests.Unit.Sealing;

public sealed class FileMasterKeysTests : MasterKeysContract, IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string directory = Directory.CreateTempSubdirectory("eventmesh-master-key").FullName;
    private readonly string path;

    public FileMasterKeysTests()
    {
        path = Path.Combine(directory, "keys");
        Write("# ours", "", "one:" + One);
        First = new FileMasterKeys(path);
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    protected override IMasterKeys First { get; }

    protected override async Task<IMasterKeys> Rotated()
    {
        Write("two:" + Two, "one:" + One);
        await First.Reload(default);
        return First;
    }

    [Fact]
    public async Task A_key_that_was_added_is_found_when_it_is_asked_for()
    {
        Write("one:" + One, "two:" + Two);
        var wrapped = await new GivenMasterKeys("two:" + Two, "another node").Wrap(new byte[32], "acme", 1, default);
        Assert.Equal(new byte[32], await First.Unwrap(wrapped, "acme", 1, default));
        Assert.Equal("one", First.Current);
    }

    [Fact]
    public async Task A_file_that_was_changed_is_read_before_something_is_wrapped()
    {
        Write("two:" + Two, "one:" + One);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddSeconds(-5));
        Assert.Equal("two", (await First.Wrap(new byte[32], "acme", 1, default)).MasterKey);
    }

    [Fact]
    public async Task A_file_that_went_bad_leaves_the_keys_that_were_there()
    {
        var wrapped = await First.Wrap(new byte[32], "acme", 1, default);
        Write("nothing");
        await Assert.ThrowsAsync<MasterKeysRefused>(() => First.Reload(default));
        Assert.Equal(new byte[32], await First.Unwrap(wrapped, "acme", 1, default));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_may_read_or_write_is_refused_with_what_to_do(UnixFileMode further)
    {
        File.SetUnixFileMode(path, Owner | further);
        Assert.Contains("chmod 600 " + path, Assert.Throws<MasterKeysRefused>(() => new FileMasterKeys(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_or_too_large_is_refused()
    {
        Assert.Contains("nowhere", Assert.Throws<MasterKeysRefused>(() => new FileMasterKeys(Path.Combine(directory, "nowhere"))).Message, StringComparison.Ordinal);
        const int Rest = 64 * 1024 - 4 - 44 - 1 - 1;
        Write("one:" + One, new string('#', Rest));
        Assert.Equal("one", new FileMasterKeys(path).Current);
        Write("one:" + One, new string('#', Rest + 1));
        Assert.Throws<MasterKeysRefused>(() => new FileMasterKeys(path));
    }

    [Fact]
    public void A_file_that_is_made_is_for_its_owner_alone_and_has_an_id_of_its_own()
    {
        string[] made = [Path.Combine(directory, "a"), Path.Combine(directory, "b")];
        foreach (var file in made) FileMasterKeys.Make(file);
        Assert.Equal(Owner, File.GetUnixFileMode(made[0]));
        Assert.NotEqual(new FileMasterKeys(made[0]).Current, new FileMasterKeys(made[1]).Current);
        Assert.Throws<MasterKeysRefused>(() => FileMasterKeys.Make(made[0]));
    }

    private void Write(params string[] lines)
    {
        File.WriteAllLines(path, lines);
        File.SetUnixFileMode(path, Owner);
    }
}
