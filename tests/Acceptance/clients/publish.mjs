// Publishes with the CloudEvents SDK in each of the three modes: publish.mjs ADDRESS WORKSPACE TOKEN. Prints one JSON line a request: mode, status, answer.
import { CloudEvent, HTTP } from "cloudevents";

const [address, workspace, token] = process.argv.slice(2);
const url = `${address}/v1/workspaces/${workspace}/events`;

const event = (id, more = {}) => new CloudEvent({
  id, source: "/sdk", type: "order.created", subject: "order-7", time: "2026-01-02T03:04:05.678Z",
  resource: "order", resourceid: "7", data: { total: 120, name: "Żółć ☃" }, ...more,
});

async function post(mode, headers, body) {
  const answer = await fetch(url, { method: "POST", headers: { ...headers, authorization: `Bearer ${token}` }, body });
  console.log(JSON.stringify({ mode, status: answer.status, answer: await answer.json() }));
}

const structured = HTTP.structured(event("structured"));
await post("structured", structured.headers, structured.body);
const binary = HTTP.binary(event("binary"));
await post("binary", binary.headers, binary.body);
const text = HTTP.binary(event("binary-text", { datacontenttype: "text/plain", data: "just words" }));
await post("binary-text", text.headers, text.body);
await post("batch", { "content-type": "application/cloudevents-batch+json" }, JSON.stringify([event("batch-1"), event("batch-2")]));
