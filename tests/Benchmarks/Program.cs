using System.Diagnostics;
using EventMesh.Tests.Benchmarks;

var benchmarks = typeof(IBenchmark).Assembly.GetTypes()
    .Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IBenchmark)))
    .Select(t => (IBenchmark)Activator.CreateInstance(t)!).OrderBy(b => b.Name, StringComparer.Ordinal).ToArray();

if (args.Contains("--help"))
{
    Console.WriteLine("""
        Measures the platform against the floor of the machine it runs on: each row and its floor in the same run, in turns, medians of several rounds.
        Starts the servers it needs and deletes them afterwards.

          dotnet run -c Release --project tests/Benchmarks                      all rows
          dotnet run -c Release --project tests/Benchmarks -- append-new export these rows
          dotnet run -c Release --project tests/Benchmarks -- --list            what there is

        Ends with 0 when every row was measured, reached or not, and with 1 when one failed.
        """);
    return 0;
}
if (args.Contains("--list"))
{
    foreach (var benchmark in benchmarks) Console.WriteLine($"{benchmark.Name,-20} {benchmark.About}");
    return 0;
}
if (args.FirstOrDefault(a => benchmarks.All(b => b.Name != a)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}': see --list.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) => { pressed.Cancel = true; stop.Cancel(); };
Console.WriteLine(FormattableString.Invariant($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {Environment.ProcessorCount} processors, {System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription}"));
#if DEBUG
Console.WriteLine("A Debug build: figures are for trying the benchmarks, not for quoting.");
#endif

await using var ground = await Ground.Start();
var failed = 0;
Table.Head();
foreach (var benchmark in benchmarks.Where(b => args.Length == 0 || args.Contains(b.Name)))
{
    var running = Stopwatch.StartNew();
    try
    {
        await benchmark.Run(ground, Table.Print, stop.Token);
        Console.Error.WriteLine(FormattableString.Invariant($"{benchmark.Name}: {running.Elapsed.TotalSeconds:0} s"));
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 130;
    }
    catch (Exception failure) when (failure is not OutOfMemoryException)
    {
        Console.Error.WriteLine($"{benchmark.Name} failed: {failure}");
        failed++;
    }
}
return failed == 0 ? 0 : 1;
