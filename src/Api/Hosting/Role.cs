namespace EventMesh.Api.Hosting;

/// <summary>
/// Keeps one of the process's loops running. A loop that fails is started again, at once and then ever later; it never takes the process with it,
/// because the others still have work. What it had not finished it finds again: every loop begins at its checkpoint.
/// </summary>
public sealed partial class Role(string name, Func<CancellationToken, Task> run, TimeProvider clock, ILogger<Role> log) : BackgroundService
{
    private static readonly TimeSpan BackOffMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BackOffMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = BackOffMin;
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = clock.GetTimestamp();
            try
            {
                await run(stoppingToken).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (clock.GetElapsedTime(began) > Healthy) pause = BackOffMin;
                Failed(failure, name, pause.TotalSeconds);
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < BackOffMax ? pause * 2 : BackOffMax;
        }
    }

    [LoggerMessage(EventName = "role.failed", Level = LogLevel.Error, Message = "{Role} failed and starts again in {AgainInSeconds}")]
    private partial void Failed(Exception failure, string role, double againInSeconds);
}
