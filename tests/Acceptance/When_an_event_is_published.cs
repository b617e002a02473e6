using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace EventMesh.Tests.Acceptance;

public class When_an_event_is_published(RunningMesh mesh)
{
    private const string Json = "application/json";

    [Fact]
    public async Task It_is_accepted_with_its_id_and_position_and_shown_with_its_attributes()
    {
        var workspace = await mesh.Workspace();
        var accepted = (await workspace.Publish(Workspace.Event("1", further:
            ""","subject":"o/7","time":"2026-11-20T12:00:00Z","resource":"order","resourceid":"7","data":{"total":100}"""))).Is(HttpStatusCode.Accepted);
        Assert.Matches("^evt_[0-9a-z]{26}$", accepted["id"]);
        Assert.Matches("^[0-9a-f]{12}-[0-9a-f]{12}$", accepted["position"]);

        var shown = (await workspace.Get("/events/" + accepted["id"])).Is(HttpStatusCode.OK);
        Assert.Equal((accepted["id"], "order.created", "/shop", "o/7"), (shown["id"], shown["type"], shown["source"], shown["subject"]));
        Assert.Equal(("order", "7", "2026-11-20T12:00:00Z", "1"), (shown["resource"], shown["resource_id"], shown["time"], shown["cloud_event_id"]));
        Assert.Equal(accepted["position"], shown["position"]);
        Assert.Matches("^[0-9a-f]{64}$", shown["sha256"]);
        Assert.True(shown.Json["size"]!.GetValue<int>() > 0);
        Assert.Empty(shown.Json["deliveries"]!.AsArray());
        Assert.Equal(accepted["id"], (await workspace.Get("/events")).Is(HttpStatusCode.OK).Items[0]["id"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_duplicate_gets_the_first_answer()
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        var second = (await workspace.Publish(Workspace.Event("1", "another.type"))).Is(HttpStatusCode.OK);
        Assert.Equal((first["id"], first["position"]), (second["id"], second["position"]));
        Assert.Equal("order.created", (await workspace.Get("/events/" + first["id"]))["type"]);
        Assert.Single((await workspace.Get("/events")).Items);
    }

    [Fact]
    public async Task Many_at_once_of_the_same_event_are_one()
    {
        var workspace = await mesh.Workspace();
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => workspace.Publish(Workspace.Event("1"))));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Accepted);
        Assert.Equal(15, answers.Count(a => a.Status == HttpStatusCode.OK));
        Assert.Single(answers.Select(a => (a["id"], a["position"])).Distinct());
    }

    [Fact]
    public async Task The_same_event_is_another_one_in_another_workspace()
    {
        var (one, other) = (await mesh.Workspace(), await mesh.Workspace());
        (await one.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        (await other.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task An_idempotency_key_stands_for_its_event()
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Publish(Workspace.Event("1"), ("Idempotency-Key", "k-1"))).Is(HttpStatusCode.Accepted);
        var again = (await workspace.Publish(" " + Workspace.Event("1"), ("Idempotency-Key", "k-1"))).Is(HttpStatusCode.OK);
        Assert.Equal((first["id"], first["position"]), (again["id"], again["position"]));
        (await workspace.Publish(Workspace.Event("2"), ("Idempotency-Key", "k-1")))
            .IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused").Names("Idempotency-Key", "differs");
        (await workspace.Publish(Workspace.Event("2"), ("Idempotency-Key", new string('k', 256)))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("Idempotency-Key", "255");
        (await workspace.PublishBatch($"[{Workspace.Event("3")}]", ("Idempotency-Key", "k-2"))).IsProblem(HttpStatusCode.BadRequest, "invalid_request");
    }

    [Fact]
    public async Task The_same_event_has_one_digest_in_every_mode()
    {
        var (one, other) = (await mesh.Workspace(), await mesh.Workspace());
        var structured = (await one.Publish("""
            { "data": { "total": 1e2, "text": "a b\u00e9" }, "type": "order.created", "source": "/shop", "id": "1",
              "datacontenttype": "application/json", "subject": "ä%", "aa": "x", "specversion": "1.0" }
            """)).Is(HttpStatusCode.Accepted);
        var binary = (await other.PublishBinary("""{"total":1e2,"text":"a b\u00e9"}""", Json,
            ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/shop"), ("ce-type", "order.created"), ("ce-subject", "%C3%A4%25"), ("CE-AA", "x"))).Is(HttpStatusCode.Accepted);
        Assert.Equal(structured["id"], binary["id"]);
        var (a, b) = (await one.Get("/events/" + structured["id"]), await other.Get("/events/" + binary["id"]));
        Assert.Equal((a["sha256"], a["subject"]), (b["sha256"], b["subject"]));
        Assert.Equal("ä%", a["subject"]);
    }

    [Fact]
    public async Task Its_correlation_id_and_trace_are_kept_and_its_actor_is_the_key()
    {
        var workspace = await mesh.Workspace();
        var accepted = (await workspace.Publish(Workspace.Event("1"), ("X-Correlation-Id", "checkout-7"))).Is(HttpStatusCode.Accepted);
        var stored = (await workspace.Get("/streams/" + accepted["id"])).Is(HttpStatusCode.OK).Items[0];
        Assert.Equal("checkout-7", stored["correlation_id"]!.GetValue<string>());
        Assert.StartsWith("key_", stored["actor"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("event_published", stored["type"]!.GetValue<string>());
        (await workspace.Publish(Workspace.Event("2"), ("X-Correlation-Id", new string('x', 129)))).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("X-Correlation-Id", "128");
    }

    [Theory]
    [InlineData("application/json"), InlineData("text/plain"), InlineData(null), InlineData("application/cloudevents+xml"), InlineData("application/cloudevents+jsonx")]
    public async Task What_is_not_said_to_be_an_event_is_refused_with_what_is(string? contentType)
    {
        var workspace = await mesh.Workspace();
        var refused = (await workspace.Caller.Send(HttpMethod.Post, workspace.Path + "/events", Workspace.Event("1"), contentType)).IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        Assert.Contains("application/cloudevents+json", refused["detail"], StringComparison.Ordinal);
        Assert.Contains("application/cloudevents-batch+json", refused["detail"], StringComparison.Ordinal);
        Assert.Contains("ce-", refused["detail"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/cloudevents+json; charset=utf-8"), InlineData("application/cloudevents+json;charset=\"UTF-8\""), InlineData("Application/CloudEvents+JSON")]
    public async Task A_content_type_may_name_its_charset(string contentType)
    {
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Send(HttpMethod.Post, workspace.Path + "/events", Workspace.Event("1"), contentType)).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Another_charset_and_a_compressed_body_are_refused()
    {
        var workspace = await mesh.Workspace();
        (await workspace.Caller.Send(HttpMethod.Post, workspace.Path + "/events", Workspace.Event("1"), "application/cloudevents+json; charset=latin1"))
            .IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
        using var request = new HttpRequestMessage(HttpMethod.Post, workspace.Path + "/events") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/cloudevents+json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        using var response = await workspace.Caller.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", "hello"), InlineData("application/octet-stream", "\u0001\u0002"), InlineData("application/json", "[1, 2]"), InlineData("application/vnd.x+json", "7"), InlineData(null, "raw")]
    public async Task Binary_data_may_be_anything(string? contentType, string body)
    {
        var workspace = await mesh.Workspace();
        (await workspace.PublishBinary(body, contentType, ("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/shop"), ("ce-type", "t"))).Is(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Nothing_but_the_event_is_in_the_answer_to_a_batch_and_each_has_its_place()
    {
        var workspace = await mesh.Workspace();
        var first = (await workspace.Publish(Workspace.Event("1"))).Is(HttpStatusCode.Accepted);
        var batch = (await workspace.PublishBatch($"[{Workspace.Event("2")},{Workspace.Event("1")},{Workspace.Event("2")}]")).Is(HttpStatusCode.Accepted).Json["events"]!.AsArray();
        Assert.Equal(3, batch.Count);
        Assert.Equal(first["id"], batch[1]!["id"]!.GetValue<string>());
        Assert.Equal(first["position"], batch[1]!["position"]!.GetValue<string>());
        Assert.True(batch[1]!["duplicate"]!.GetValue<bool>());
        Assert.Null(batch[0]!["duplicate"]);
        Assert.Equal(batch[0]!["id"]!.GetValue<string>(), batch[2]!["id"]!.GetValue<string>());
        Assert.True(batch[2]!["duplicate"]!.GetValue<bool>());
        Assert.Equal(2, (await workspace.Get("/events")).Items.Count);
    }

    [Fact]
    public async Task A_batch_is_refused_whole_and_every_fault_is_named_by_its_index()
    {
        var workspace = await mesh.Workspace();
        (await workspace.PublishBatch($$"""[{{Workspace.Event("1")}},{"specversion":"1.0","source":"/s","type":"t"},7,{{Workspace.Event("2", further: ""","time":"noon" """)}}]"""))
            .IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("[1].id", "is required").Names("[2]", "must be a JSON object").Names("[3].time", "RFC 3339");
        Assert.Empty((await workspace.Get("/events")).Items);
        (await workspace.PublishBatch("[]")).Is(HttpStatusCode.Accepted);
        (await workspace.PublishBatch(Workspace.Event("1"))).IsProblem(HttpStatusCode.BadRequest, "invalid_event").Names("body", "must be a JSON list");
    }

    [Fact]
    public async Task It_is_delivered_and_its_delivery_can_be_asked_for()
    {
        var workspace = await mesh.Workspace();
        // Nobody listens there.
        var connection = await workspace.Connection("http://127.0.0.1:9/hook", ""","retry_schedule":[3600]""");
        var rule = await workspace.Rule("""{"type":["order.*"],"data":{"total":{"$gte":100}}}""", connection);
        var missed = (await workspace.Publish(Workspace.Event("1", further: ""","data":{"total":99}"""))).Is(HttpStatusCode.Accepted);
        var matched = (await workspace.Publish(Workspace.Event("2", further: ""","data":{"total":100}"""))).Is(HttpStatusCode.Accepted);
        JsonNode delivery = null!;
        await Servers.Eventually.True(async () =>
        {
            var deliveries = (await workspace.Get("/events/" + matched["id"])).Is(HttpStatusCode.OK).Json["deliveries"]!.AsArray();
            return deliveries.Count == 1 && (delivery = deliveries[0]!)["status"]!.GetValue<string>() == "retrying";
        }, TimeSpan.FromSeconds(30), "the first attempt to have failed");
        Assert.Equal((connection, rule), (delivery["connection"]!.GetValue<string>(), delivery["rule"]!.GetValue<string>()));
        Assert.Empty((await workspace.Get("/events/" + missed["id"])).Json["deliveries"]!.AsArray());

        var id = delivery["id"]!.GetValue<string>();
        var shown = (await workspace.Get("/deliveries/" + id)).Is(HttpStatusCode.OK);
        Assert.Equal((id, matched["id"], connection, rule, "retrying"), (shown["id"], shown["event"], shown["connection"], shown["rule"], shown["status"]));
        var attempt = Assert.Single(shown.Json["attempts"]!.AsArray())!;
        Assert.Equal((1, "unreachable"), (attempt["number"]!.GetValue<int>(), attempt["outcome"]!.GetValue<string>()));
        Assert.Null(attempt["http_status"]);
        Assert.NotNull(shown.Json["next_attempt_at"]);

        await Servers.Eventually.True(async () => (await Listed($"?status=retrying&connection={connection}")).SequenceEqual([id]), TimeSpan.FromSeconds(30), "the list to hold it");
        Assert.Equal([id], await Listed($"?event={matched["id"]}&min_position={matched["position"]}"));
        Assert.Empty(await Listed("?status=delivered"));
        (await workspace.Get("/deliveries?status=lost")).IsProblem(HttpStatusCode.BadRequest, "invalid_request").Names("status", "must be one of");

        Assert.Equal("scheduled", (await workspace.Post($"/deliveries/{id}/retry", "")).Is(HttpStatusCode.Accepted)["status"]);
        await Servers.Eventually.True(async () => (await workspace.Get("/deliveries/" + id)).Json["attempts"]!.AsArray().Count == 2, TimeSpan.FromSeconds(30), "the second attempt");

        (await workspace.Patch("/connections/" + connection, """{"status":"disabled"}""")).Is(HttpStatusCode.OK);
        Assert.Contains("is disabled", (await workspace.Post($"/deliveries/{id}/retry", "")).IsProblem(HttpStatusCode.Conflict, "conflict")["detail"], StringComparison.Ordinal);
        Assert.Equal("retrying", (await workspace.Get("/deliveries/" + id))["status"]);
        (await workspace.Get("/deliveries/dlv_none")).IsProblem(HttpStatusCode.NotFound, "not_found");
        (await workspace.Post("/deliveries/dlv_none/retry", "")).IsProblem(HttpStatusCode.NotFound, "not_found");

        async Task<IEnumerable<string>> Listed(string query) => (await workspace.Get("/deliveries" + query)).Is(HttpStatusCode.OK).Items.Select(d => d["id"]!.GetValue<string>());
    }
}
