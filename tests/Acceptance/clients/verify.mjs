// A receiver that says which of the keys it was given fit a webhook: whsec_ by npm's standardwebhooks, whpk_ and legacy signatures by node's own crypto.
// Prints its port; takes one key a line; then prints one JSON line for each webhook: event, fits (places of keys), signatures (how many), legacy (places of keys).
import { createHmac, createPublicKey, verify } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

const spki = Buffer.from("302a300506032b6570032100", "hex");
const keys = [];

function fits(key, body, headers) {
  if (key.startsWith("whsec_")) {
    try {
      new Webhook(key).verify(body, headers);
      return true;
    } catch {
      return false;
    }
  }
  const publicKey = createPublicKey({ key: Buffer.concat([spki, Buffer.from(key.slice(5), "base64")]), format: "der", type: "spki" });
  const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
  return headers["webhook-signature"].split(" ").filter(s => s.startsWith("v1a,")).some(s => verify(null, signed, publicKey, Buffer.from(s.slice(4), "base64")));
}

const places = predicate => keys.flatMap((key, place) => predicate(key) ? [place] : []);

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  response.writeHead(204).end();
  const legacy = request.headers["x-hub-signature-256"];
  console.log(JSON.stringify({
    body: JSON.parse(body), content_type: request.headers["content-type"], ce_id: request.headers["ce-id"],
    fits: places(key => fits(key, body, request.headers)),
    signatures: request.headers["webhook-signature"].split(" ").length,
    legacy: places(key => legacy === "sha256=" + createHmac("sha256", key).update(body).digest("hex")),
  }));
});

server.listen(0, "127.0.0.1", () => console.log(server.address().port));
const input = createInterface({ input: process.stdin });
input.on("line", key => { keys.push(key.trim()); console.log("taken"); });
input.once("close", () => server.close(() => process.exit(0)));
