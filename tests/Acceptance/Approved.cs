using EventMesh.Tests.Servers;
using Xunit;

namespace EventMesh.Tests.Acceptance;

/// <summary>A file that is checked in, so that a change of it is seen and thought about.</summary>
internal static class Approved
{
    public static void Is(string file, string received)
    {
        var path = Path.Combine(Repository.Root, file);
        if (File.Exists(path) && File.ReadAllText(path) == received) return;
        var beside = path.Replace(".approved.", ".", StringComparison.Ordinal);
        beside = Path.Combine(Path.GetDirectoryName(beside)!, Path.GetFileNameWithoutExtension(beside) + ".received" + Path.GetExtension(beside));
        File.WriteAllText(beside, received);
        Assert.Fail($"{file} is not what is there now: compare it with {beside}, and move that one there if the change is meant.");
    }
}
