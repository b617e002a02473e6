using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using EventMesh.Api.Edge;

namespace EventMesh.Api.Telemetry;

/// <summary>
/// Logs as JSON, one line each, on standard output: <c>at</c>, <c>level</c>, <c>event</c>, then what the line says, in snake_case.
/// Whoever logs never waits for the output: when it is stuck, lines are dropped and counted.
/// </summary>
public sealed class JsonLines : ILoggerProvider, IAsyncDisposable
{
    private const int WaitingMax = 20_000;

    private readonly Channel<ReadOnlyMemory<byte>> lines;
    private readonly Stream output;
    private readonly TimeProvider clock;
    private readonly Task writing;
    private long dropped;

    public JsonLines(Stream output, TimeProvider clock)
    {
        this.output = output;
        this.clock = clock;
        lines = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        writing = Task.Run(Write);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <summary>A line for people among those for machines.</summary>
    public void Say(string line) => Add(System.Text.Encoding.UTF8.GetBytes(line + "\n"));

    private void Add(ReadOnlyMemory<byte> line)
    {
        if (!lines.Writer.TryWrite(line)) Interlocked.Increment(ref dropped);
    }

    private async Task Write()
    {
        var gathered = new ArrayBufferWriter<byte>(64 * 1024);
        while (await lines.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            gathered.ResetWrittenCount();
            while (gathered.WrittenCount < 64 * 1024 && lines.Reader.TryRead(out var line)) gathered.Write(line.Span);
            if (Interlocked.Exchange(ref dropped, 0) is > 0 and var missing)
                gathered.Write(System.Text.Encoding.UTF8.GetBytes($"{{\"at\":\"{clock.GetUtcNow().UtcDateTime:O}\",\"level\":\"warning\",\"event\":\"log.dropped\",\"lines\":{missing}}}\n"));
            try
            {
                await output.WriteAsync(gathered.WrittenMemory).ConfigureAwait(false);
                await output.FlushAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // Whoever read our output has gone. The process is worth more than its log.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        lines.Writer.TryComplete();
        await writing.ConfigureAwait(false);
    }

    public void Dispose() => lines.Writer.TryComplete();

    private sealed class Logger(JsonLines to, string category) : ILogger
    {
        [ThreadStatic] private static ArrayBufferWriter<byte>? buffer;
        [ThreadStatic] private static Utf8JsonWriter? json;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            buffer ??= new(512);
            buffer.ResetWrittenCount();
            json ??= new(buffer, EdgeJson.Writing);
            json.Reset(buffer);
            json.WriteStartObject();
            json.WriteString("at"u8, to.clock.GetUtcNow().UtcDateTime);
            json.WriteString("level"u8, Level(logLevel));
            json.WriteString("event"u8, eventId.Name ?? category);
            // The names of our own lines say it all; those of others need their sentence.
            if (!category.StartsWith("EventMesh", StringComparison.Ordinal)) json.WriteString("message"u8, formatter(state, exception));
            LogFields.Write(json, state);
            if (exception is not null) json.WriteString("exception"u8, exception.ToString());
            json.WriteEndObject();
            json.Flush();
            buffer.Write("\n"u8);
            to.Add(buffer.WrittenSpan.ToArray());
        }

        private static string Level(LogLevel level) => level switch
        {
            LogLevel.Trace => "trace",
            LogLevel.Debug => "debug",
            LogLevel.Information => "info",
            LogLevel.Warning => "warning",
            LogLevel.Error => "error",
            _ => "critical",
        };
    }
}
