using EventMesh.Api.Features.Connections;
using EventMesh.Connectors;
using EventMesh.Domain.Connections;
using Xunit;

namespace EventMesh.Tests.Unit.Api;

public class HeaderValuesTests
{
    private static readonly WebhookConfig Present = new(new Uri("https://a.example"), new Dictionary<string, string> { ["X-Plain"] = "1", ["Authorization"] = "written before" }, WebhookBody.Cloudevent, null,
        SecretHeaders: new Dictionary<string, string> { ["X-Token"] = "sec_kept" });

    private int ids;

    [Fact]
    public void Those_whose_names_tell_are_named_by_the_ids_of_their_values()
    {
        var (shown, secret) = Values().Split(new Dictionary<string, string?> { ["X-Plain"] = "1", ["X-Key"] = "a", ["Cookie"] = "b" }, null);
        Assert.Equal([new("X-Plain", "1")], shown!);
        Assert.Equal([new("X-Key", "sec_1"), new("Cookie", "sec_2")], secret!);
    }

    [Fact]
    public void The_same_value_decided_again_has_the_same_id()
    {
        var values = Values();
        var sent = new Dictionary<string, string?> { ["X-Key"] = "a" };
        Assert.Equal(values.Split(sent, null).Secret!["X-Key"], values.Split(sent, Present).Secret!["X-Key"]);
        Assert.Equal("sec_2", values.Split(new Dictionary<string, string?> { ["X-Key"] = "b" }, null).Secret!["X-Key"]);
    }

    [Fact]
    public void The_mask_keeps_what_is_there_whatever_the_case_of_its_name()
    {
        var (shown, secret) = Values().Split(new Dictionary<string, string?> { ["x-token"] = "***", ["X-Plain"] = "***" }, Present);
        Assert.Equal([new("X-Plain", "***")], shown!);
        Assert.Equal([new("x-token", "sec_kept")], secret!);
    }

    [Fact]
    public void A_value_that_was_written_before_such_were_kept_apart_is_shown_to_nobody_and_moves_with_the_next_change()
    {
        var view = ConnectionView.Of("con_1", 1, new Connection.Enabled("a", "webhook", Present, DateTimeOffset.UnixEpoch))!;
        Assert.Equal([new("X-Plain", "1"), new("Authorization", SecretHeaderNames.Mask), new("X-Token", SecretHeaderNames.Mask)], view.Config.Headers!);
        var (shown, secret) = Values().Split(view.Config.Headers!.ToDictionary(h => h.Key, h => (string?)h.Value), Present);
        Assert.Equal([new("X-Plain", "1")], shown!);
        Assert.Equal([new("Authorization", "sec_1"), new("X-Token", "sec_kept")], secret!);
    }

    [Fact]
    public void Nothing_sent_is_nothing() => Assert.Equal((null, null), Values().Split(null, Present));

    private HeaderValues Values() => new(() => $"sec_{++ids}");
}
