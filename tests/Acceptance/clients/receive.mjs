// A receiver that trusts nobody's signing but npm's standardwebhooks, and reads events with the CloudEvents SDK.
// Prints its port; reads the secret as the first line of its input; then prints one JSON line for each webhook that arrives.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { HTTP } from "cloudevents";
import { Webhook } from "standardwebhooks";

let webhook;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const seen = { webhook_id: request.headers["webhook-id"], user_agent: request.headers["user-agent"] };
  try {
    webhook.verify(body, request.headers);
    seen.verified = true;
    const event = HTTP.toEvent({ headers: request.headers, body });
    Object.assign(seen, { id: event.id, source: event.source, type: event.type, subject: event.subject, time: event.time, resource: event.resource, resourceid: event.resourceid, data: event.data });
  } catch (fault) {
    seen.fault = String(fault);
  }
  response.writeHead(seen.fault ? 400 : 204).end();
  console.log(JSON.stringify(seen));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
const input = createInterface({ input: process.stdin });
input.once("line", secret => { webhook = new Webhook(secret.trim()); });
input.once("close", () => server.close(() => process.exit(0)));
