using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace EventMesh.Cli.Commands;

internal static class DiffConfiguration
{
    public static Command In(Shell shell)
    {
        var from = new Option<string>("--from") { Description = "The moment before: a time such as 2026-11-21T12:00:00Z, or a position of the history.", HelpName = "MOMENT", Required = true };
        var to = new Option<string?>("--to") { Description = "The moment after (otherwise now).", HelpName = "MOMENT" };
        return shell.Verb("diff", "Show what of a workspace's configuration changed between two moments, and by whom.",
            ["eventmesh configuration diff -w acme --from 2026-11-20T00:00:00Z", "eventmesh configuration diff -w acme --from 0000000002f1-000000000d07 --to 0000000002f4-000000000d11 --json"],
            [shell.Workspace, from, to], async call =>
            {
                var found = await call.Client.Get(Route.With(call.InWorkspace($"configuration/diff"), ("from", call.Given(from)), ("to", call.Value(to))), call.Cancel);
                call.Output.Show(found, answer =>
                {
                    if (answer.Each("changes") is not { Length: > 0 } changes) call.Output.Note("Nothing was configured between the two.");
                    else foreach (var change in changes) Show(call, change);
                });
            });
    }

    private static void Show(Call call, JsonElement change)
    {
        var kind = Readable.At(change, "kind");
        var value = kind switch
        {
            "added" => Value("after"),
            "removed" => Value("before"),
            _ => $"{Value("before")} → {Value("after")}",
        };
        call.Output.Line(($"{kind,-8} ", Color.Grey), (Readable.At(change, "path"), Color.Default), ("  " + value, Color.Default));
        foreach (var happened in change.GetProperty("events").EnumerateArray())
            call.Output.Line(($"         {Readable.At(happened, "type")} at {Readable.At(happened, "at")} by {Readable.At(happened, "actor")}", Color.Grey));

        string Value(string member) => Readable.Find(change, member) is { ValueKind: not JsonValueKind.Null } json ? Readable.Line(Readable.Compact(json), 200) : "nothing";
    }
}
