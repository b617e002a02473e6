using System.Text;
using System.Text.Json;
using EventMesh.Api.Features.Audit.Sentences;
using EventMesh.Projections.Index;
using EventMesh.Tests.Unit.Architecture;
using Xunit;

namespace EventMesh.Tests.Unit.Audit;

public sealed class SentenceTests
{
    private const string ApprovedFile = "tests/Unit/Audit/sentences.approved.txt";

    [Fact]
    public void Every_stored_event_has_a_sentence() =>
        Assert.Empty(ConfigurationEvents.All.Aliases.Where(name => !SentenceTable.All.ContainsKey(name)).Order(StringComparer.Ordinal));

    [Fact]
    public void The_sentences_are_the_approved_ones()
    {
        var text = new StringBuilder();
        foreach (var (type, template) in SentenceTable.All.OrderBy(s => s.Key, StringComparer.Ordinal)) text.Append(type).Append(": ").Append(template).Append('\n');
        if (text.ToString() == (File.Exists(Repository.Path(ApprovedFile)) ? Repository.Read(ApprovedFile) : "")) return;
        var receivedFile = ApprovedFile.Replace(".approved.", ".received.", StringComparison.Ordinal);
        File.WriteAllText(Repository.Path(receivedFile), text.ToString());
        Assert.Fail($"What auditors read has changed: compare {receivedFile} with the approved file beside it, and move it there if each sentence is plain and true.");
    }

    [Fact]
    public void Every_sentence_says_who_did_it()
    {
        string[] who = ["{actor}", "{by}", "{admin}", "Somebody"];
        Assert.All(SentenceTable.All, sentence => Assert.Contains(who, w => sentence.Value.Contains(w, StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_sentence_can_be_told_of_data_that_has_nothing_in_it() => Assert.All(SentenceTable.All, sentence =>
    {
        var told = Sentence.Of(sentence.Value, "key_1", "con_1", JsonElement.Parse("{}"));
        Assert.EndsWith(".", told, StringComparison.Ordinal);
        Assert.DoesNotContain(told, c => c is '{' or '}' or '[' or ']');
        Assert.DoesNotContain("  ", told, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("{actor} used {secret} {count|time|times}.", """{"secret":"a","count":1}""", "key_1 used a 1 time.")]
    [InlineData("{actor} used {secret} {count|time|times}.", """{"secret":"a","count":2}""", "key_1 used a 2 times.")]
    [InlineData("{stream} ended ({outcome}[, HTTP {attempt.status}][ by {who}]).", """{"outcome":"failed","attempt":{"status":503}}""", "con_1 ended (failed, HTTP 503).")]
    [InlineData("{actor} gave {roles}.", """{"roles":["operator","auditor"]}""", "key_1 gave operator, auditor.")]
    [InlineData("{actor} gave {roles}.", """{"roles":[]}""", "key_1 gave none.")]
    [InlineData("Named {name}.", """{"name":"a {actor} [b]"}""", "Named a {actor} [b].")]
    [InlineData("Named {name}.", """{"name":null}""", "Named something.")]
    [InlineData("Named {name.x}.", "7", "Named something.")]
    public void A_sentence_is_filled_with_what_the_event_says(string template, string data, string expected) =>
        Assert.Equal(expected, Sentence.Of(template, "key_1", "con_1", JsonElement.Parse(data)));
}
