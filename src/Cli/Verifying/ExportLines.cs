using System.IO.Compression;

namespace EventMesh.Cli.Verifying;

/// <summary>The lines of exports, one file after the other; gzipped or not, as their first bytes say.</summary>
internal sealed class ExportLines(IReadOnlyList<string> files, Terminal terminal) : IDisposable
{
    private byte[] buffer = new byte[1 << 16];
    private Stream? open;
    private int start, end, next;
    private bool ended;

    /// <summary>The file that is being read, for messages.</summary>
    public string File { get; private set; } = "";

    /// <summary>The number of the last line in it, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line that is not empty, without its end; good until the one after it is asked for.</summary>
    /// <exception cref="Failure">A file cannot be read.</exception>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        while (Raw(out line))
        {
            Number++;
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (!line.IsEmpty) return true;
        }
        return false;
    }

    private bool Raw(out ReadOnlySpan<byte> line)
    {
        for (var searched = 0; ;)
        {
            if (open is null && !Open())
            {
                line = default;
                return false;
            }
            var found = buffer.AsSpan(start + searched, end - start - searched).IndexOf((byte)'\n');
            if (found >= 0)
            {
                line = buffer.AsSpan(start, searched + found);
                start += searched + found + 1;
                return true;
            }
            searched = end - start;
            if (!ended)
            {
                Fill();
                continue;
            }
            line = buffer.AsSpan(start, searched);
            start = end;
            open!.Dispose();
            open = null;
            if (line.Length > 0) return true;
            searched = 0;
        }
    }

    private bool Open()
    {
        if (next == files.Count) return false;
        (File, Number, start, end, ended) = (files[next++], 0, 0, 0, false);
        open = OpenFile.Read(File, terminal);
        Fill();
        while (!ended && end < 2) Fill();
        if (!buffer.AsSpan(0, end).StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return true;
        open = new GZipStream(new Again(buffer.AsSpan(0, end).ToArray(), open), CompressionMode.Decompress);
        (end, ended) = (0, false);
        return true;
    }

    private void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
        int read;
        try
        {
            read = open!.Read(buffer, end, buffer.Length - end);
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            throw Failure.Usage($"cannot read {Readable.Line(File)}: {fault.Message}");
        }
        ended = read == 0;
        end += read;
    }

    public void Dispose() => open?.Dispose();

    /// <summary>A stream of which the beginning was read already.</summary>
    private sealed class Again(byte[] begun, Stream rest) : Stream
    {
        private int at;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (at == begun.Length) return rest.Read(buffer, offset, count);
            var taken = Math.Min(count, begun.Length - at);
            begun.AsSpan(at, taken).CopyTo(buffer.AsSpan(offset));
            at += taken;
            return taken;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) rest.Dispose();
            base.Dispose(disposing);
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
