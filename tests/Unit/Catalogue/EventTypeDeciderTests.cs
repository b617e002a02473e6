using EventMesh.Domain.Catalogue;
using Xunit;
using static EventMesh.Domain.Catalogue.EventTypeCommand;
using static EventMesh.Domain.Catalogue.EventTypeEvent;

namespace EventMesh.Tests.Unit.Catalogue;

public class EventTypeDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 8, 30, 0, TimeSpan.Zero);
    private const string Number = """{"type":"object","properties":{"total":{"type":"number"}}}""";
    private const string Text = """{"type":"object","properties":{"total":{"type":"string"}}}""";
    private static readonly EventTypeCreated Created = new("order.paid", "An order was paid.", """{"total":1}""", At);
    private static readonly EventTypeSchemaAdded First = new(1, Number, At);
    private static readonly EventTypeArchived Archived = new(At);
    private static readonly CreateEventType Create = new("order.paid", "An order was paid.", """{"total":1}""", null, At);
    private static readonly Scenario<EventTypeCommand, EventType, EventTypeEvent> A = new(EventType.Initial, EventType.Evolve, EventTypeDecider.Decide);

    [Fact]
    public void A_type_is_created_with_or_without_a_schema()
    {
        A.After().When(Create).Happens(Created);
        A.After().When(Create with { Schema = Number }).Happens(Created, First);
        Assert.Equal(Number, A.After(Created, First).State.Facts!.Newest!.Schema);
    }

    [Fact]
    public void There_is_one_by_each_name()
    {
        A.After(Created).When(Create).Refused("event_type.exists");
        A.After(Created, Archived).When(Create).Refused("event_type.exists");
    }

    [Fact]
    public void Each_schema_is_one_version_more_and_the_newest_holds()
    {
        A.After(Created, First).When(new AddSchema(Text, At)).HappensOnce(new EventTypeSchemaAdded(2, Text, At));
        var facts = A.After(Created, First, new EventTypeSchemaAdded(2, Text, At)).State.Facts!;
        Assert.Equal((2, Text), (facts.Newest!.Number, facts.Newest.Schema));
        Assert.Equal(Number, facts.Schemas[0].Schema);
    }

    [Fact]
    public void A_schema_that_holds_already_is_not_added_again_however_it_is_written()
    {
        A.After(Created, First).When(new AddSchema("""{ "properties": {"total": {"type": "number"}}, "type": "object" }""", At)).Nothing();
        // One that held before is new again.
        A.After(Created, First, new EventTypeSchemaAdded(2, Text, At)).When(new AddSchema(Number, At)).Happens(new EventTypeSchemaAdded(3, Number, At));
    }

    [Fact]
    public void A_type_has_a_bounded_number_of_versions()
    {
        EventTypeEvent[] Versions(int count) => [Created, .. Enumerable.Range(1, count).Select(n => new EventTypeSchemaAdded(n, $$"""{"minimum":{{n}}}""", At))];
        A.After(Versions(CatalogueLimits.VersionsMax - 1)).When(new AddSchema(Text, At)).Happens(new EventTypeSchemaAdded(CatalogueLimits.VersionsMax, Text, At));
        A.After(Versions(CatalogueLimits.VersionsMax)).When(new AddSchema(Text, At)).Refused("event_type.versions");
    }

    [Fact]
    public void Description_and_example_change_and_can_be_taken_away()
    {
        A.After(Created).When(new ChangeEventType("Paid.", """{ "total": 1 }""", At)).HappensOnce(new EventTypeChanged("Paid.", """{ "total": 1 }""", At));
        A.After(Created).When(new ChangeEventType("An order was paid.", """{ "total": 1.0 }""", At)).Nothing();
        A.After(Created).When(new ChangeEventType(null, null, At)).HappensOnce(new EventTypeChanged(null, null, At));
    }

    [Fact]
    public void An_archived_type_keeps_what_it_is_and_can_be_changed_and_restored()
    {
        A.After(Created, First).When(new ArchiveEventType(At)).HappensOnce(Archived);
        A.After(Created, First, Archived).When(new AddSchema(Text, At)).Happens(new EventTypeSchemaAdded(2, Text, At));
        A.After(Created, First, Archived).When(new RestoreEventType(At)).HappensOnce(new EventTypeRestored(At));
        Assert.Equal(Number, A.After(Created, First, Archived, new EventTypeRestored(At)).State.Facts!.Newest!.Schema);
    }

    [Fact]
    public void Every_command_is_decided_in_every_state() => A.DecidesEverything(
        [Create, new ChangeEventType("x", null, At), new AddSchema(Text, At), new ArchiveEventType(At), new RestoreEventType(At)],
        A.After(), A.After(Created), A.After(Created, Archived));

    [Theory]
    [InlineData("order.paid", true)]
    [InlineData("com.example:order_paid-v2", true)]
    [InlineData("7", true)]
    [InlineData("", false)]
    [InlineData(".paid", false)]
    [InlineData("order/paid", false)]
    [InlineData("bestellung.gelöscht", false)]
    public void A_name_can_be_part_of_an_address(string name, bool can) => Assert.Equal(can, CatalogueLimits.IsName(name));

    [Fact]
    public void A_name_is_bounded()
    {
        Assert.True(CatalogueLimits.IsName(new string('a', CatalogueLimits.NameCharsMax)));
        Assert.False(CatalogueLimits.IsName(new string('a', CatalogueLimits.NameCharsMax + 1)));
    }
}
