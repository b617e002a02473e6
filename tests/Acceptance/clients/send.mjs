// A provider of each kind, with nothing of ours: npm's standardwebhooks and node's crypto sign. send.mjs ADDRESS KIND PATH SECRET [FAULT]
// Prints one JSON line: status and answer. FAULT: stale (an hour ago), tampered (another body than was signed).
import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";

const [address, kind, path, secret, fault] = process.argv.slice(2);
const body = JSON.stringify({ id: "evt_outside", type: "invoice.paid", event_id: "Ev_outside", event: { type: "message" }, name: "Żółć ☃" });
const date = new Date(Date.now() - (fault === "stale" ? 3_600_000 : 0));
const seconds = Math.floor(date.getTime() / 1000);
const mac = (signed, encoding) => createHmac("sha256", secret).update(signed, "utf8").digest(encoding);

const headers = {
  standard_webhooks: () => ({ "webhook-id": "msg_outside", "webhook-timestamp": `${seconds}`, "webhook-signature": new Webhook(secret).sign("msg_outside", date, body) }),
  github: () => ({ "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958", "x-github-event": "issues", "x-hub-signature-256": `sha256=${mac(body, "hex")}` }),
  stripe: () => ({ "stripe-signature": `t=${seconds},v1=${mac(`${seconds}.${body}`, "hex")},v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39` }),
  slack: () => ({ "x-slack-request-timestamp": `${seconds}`, "x-slack-signature": `v0=${mac(`v0:${seconds}:${body}`, "hex")}` }),
  hmac: () => ({ "x-shopify-topic": "orders/create", "x-shopify-webhook-id": "b54557e4", "x-shopify-hmac-sha256": mac(body, "base64") }),
  basic: () => ({ authorization: `Basic ${Buffer.from(`provider:${secret}`).toString("base64")}` }),
  api_key: () => ({ "x-api-key": secret }),
}[kind]();

const answer = await fetch(address + path, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: fault === "tampered" ? body.replace("paid", "paix") : body });
console.log(JSON.stringify({ status: answer.status, answer: await answer.json() }));
