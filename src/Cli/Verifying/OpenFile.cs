namespace EventMesh.Cli.Verifying;

internal static class OpenFile
{
    /// <param name="file">A path; <c>-</c> for standard input.</param>
    /// <exception cref="Failure">It cannot be read.</exception>
    public static Stream Read(string file, Terminal terminal)
    {
        if (file.Length == 0) throw Failure.Usage("the name of a file is empty");
        try
        {
            return file == "-" ? terminal.In() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Failure.Usage($"cannot read {Readable.Line(file)}: {fault.Message}");
        }
    }

    public static string Text(string file, Terminal terminal)
    {
        using var reader = new StreamReader(Read(file, terminal));
        return reader.ReadToEnd();
    }
}
