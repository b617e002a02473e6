using System.Text.Json;
using EventMesh.Domain;
using Xunit;

namespace EventMesh.Tests.Unit;

/// <summary>Given what has happened, when a command arrives, then this happens. Events are compared as JSON: records compare the lists in them by reference.</summary>
internal sealed class Scenario<TCommand, TState, TEvent>(TState initial, Func<TState, TEvent, TState> evolve, Func<TCommand, TState, TEvent[]> decide)
    where TCommand : class
    where TState : class
    where TEvent : class
{
    public Given After(params TEvent[] history) => new(this, history);

    internal sealed class Given(Scenario<TCommand, TState, TEvent> scenario, TEvent[] history)
    {
        public TState State => scenario.Fold(history);

        public When When(TCommand command) => new(scenario, history, command);

        /// <summary>The same history, and what the command led to.</summary>
        public Given Then(TCommand command) => new(scenario, [.. history, .. scenario.Decide(command, State)]);
    }

    internal sealed class When(Scenario<TCommand, TState, TEvent> scenario, TEvent[] history, TCommand command)
    {
        public TEvent[] Events => scenario.Decide(command, scenario.Fold(history));

        public void Happens(params TEvent[] expected) => Assert.Equal(expected.Select(Text), Events.Select(Text));

        public void Nothing() => Happens();

        public void Refused(string code) => Assert.Equal(code, Assert.Throws<Refused>(() => Events).Code);

        /// <summary>The command is done twice; the second time leads to nothing.</summary>
        public void HappensOnce(params TEvent[] expected)
        {
            Happens(expected);
            new When(scenario, [.. history, .. expected], command).Nothing();
        }
    }

    /// <summary>In each of these states each of these commands is decided or refused; none is forgotten, and there is one of each.</summary>
    public void DecidesEverything(TCommand[] commands, params Given[] histories)
    {
        var states = histories.Select(history => history.State).ToArray();
        AssertAllCases(commands);
        AssertAllCases(states);
        foreach (var command in commands)
        {
            foreach (var state in states)
            {
                var thrown = Record.Exception(() => decide(command, state));
                Assert.True(thrown is null or Domain.Refused, $"{command.GetType().Name} in {state.GetType().Name}: {thrown}");
            }
        }
    }

    private static void AssertAllCases<T>(T[] examples)
        where T : class =>
        Assert.Equal(
            typeof(T).GetNestedTypes().Where(nested => nested.IsSubclassOf(typeof(T))).Select(nested => nested.Name).Order(StringComparer.Ordinal),
            examples.Select(example => example.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    private TEvent[] Decide(TCommand command, TState state) => decide(command, state);

    private TState Fold(TEvent[] history) => history.Aggregate(initial, evolve);

    private static string Text(TEvent happened) => happened.GetType().Name + JsonSerializer.Serialize(happened, happened.GetType());
}
