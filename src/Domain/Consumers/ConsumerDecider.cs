namespace EventMesh.Domain.Consumers;

public abstract record ConsumerCommand
{
    private ConsumerCommand() { }

    /// <param name="Start">The position that <paramref name="From"/> means now.</param>
    public sealed record CreateConsumer(string Name, ConsumerFilter Filter, ConsumerFrom From, DateTimeOffset? FromTime, string Start, DateTimeOffset At) : ConsumerCommand;

    /// <param name="Before">Where it stands.</param>
    public sealed record ResetConsumer(string Before, string Start, DateTimeOffset At) : ConsumerCommand;

    public sealed record DeleteConsumer(DateTimeOffset At) : ConsumerCommand;
}

public static class ConsumerDecider
{
    /// <summary>The events that <paramref name="command"/> leads to; none when it asks for what already is.</summary>
    /// <exception cref="Refused">The command cannot be obeyed in this state.</exception>
    public static ConsumerEvent[] Decide(ConsumerCommand command, Consumer state) => (command, state) switch
    {
        (ConsumerCommand.CreateConsumer create, Consumer.Missing or Consumer.Deleted) =>
            [new ConsumerEvent.ConsumerCreated(create.Name, create.Filter, create.From, create.FromTime, create.Start, create.At)],
        (ConsumerCommand.CreateConsumer create, Consumer.Existing now) => Asks(create, now.Created) ? []
            : throw new Refused("consumer.exists", "There is a consumer of this name that begins elsewhere or wants other events. Reset it, delete it, or choose another name."),

        (ConsumerCommand.DeleteConsumer, Consumer.Deleted) => [],
        (_, Consumer.Missing or Consumer.Deleted) => throw new Refused("consumer.missing", "There is no such consumer."),

        // Once more to where it stands is one more generation all the same: whoever read before the reset is not to move it any more.
        (ConsumerCommand.ResetConsumer reset, Consumer.Existing now) => [new ConsumerEvent.ConsumerReset(now.Created.Name, reset.Before, reset.Start, reset.At)],
        (ConsumerCommand.DeleteConsumer delete, Consumer.Existing now) => [new ConsumerEvent.ConsumerDeleted(now.Created.Name, delete.At)],

        _ => throw new InvalidOperationException($"No decision for {command.GetType().Name} in {state.GetType().Name}."),
    };

    // Now is another moment each time, and the same wish.
    private static bool Asks(ConsumerCommand.CreateConsumer asked, ConsumerEvent.ConsumerCreated created) =>
        asked.Filter.SameAs(created.Filter) && asked.From == created.From && asked.FromTime == created.FromTime
        && (asked.From != ConsumerFrom.Position || asked.Start == created.Start);
}
