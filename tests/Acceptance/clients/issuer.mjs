// A client of a workspace's issuer and somebody who verifies its tokens: issuer.mjs ISSUER ACCOUNT SECRET KEY-ID KEY. Prints a public key of its own (a JWK),
// waits for a line that says it is known, then prints one JSON line a step: the step's name and what came of it.
import { createInterface } from "node:readline";
import * as client from "openid-client";
import * as jose from "jose";
import * as oauth from "oauth4webapi";

const [issuer, account, secret, keyId, key] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (step, result) => console.log(JSON.stringify({ step, ...result }));
const insecure = { execute: [client.allowInsecureRequests] };
const refused = async promise => {
  try { await promise; return "nothing"; } catch (error) { return error.error ?? error.code ?? error.message; }
};

const pair = await jose.generateKeyPair("ES256", { extractable: true });
console.log(JSON.stringify({ ...(await jose.exportJWK(pair.publicKey)), kid: "laptop", alg: "ES256" }));
await lines.next();

// openid-client: discovery, then a token in each way to authenticate.
const discovered = auth => client.discovery(new URL(issuer), account, undefined, auth, insecure);
const basic = await discovered(client.ClientSecretBasic(secret));
const keys = jose.createRemoteJWKSet(new URL(basic.serverMetadata().jwks_uri));
const verified = async token => {
  const { payload, protectedHeader } = await jose.jwtVerify(token, keys, { issuer, audience: issuer, typ: "at+jwt", algorithms: ["ES256"] });
  return { payload, protectedHeader };
};
for (const [step, auth, parameters] of [
  ["client_secret_basic", client.ClientSecretBasic(secret), {}],
  ["client_secret_post", client.ClientSecretPost(secret), { scope: "publisher" }],
  ["private_key_jwt", client.PrivateKeyJwt({ key: pair.privateKey, kid: "laptop" }), { resource: issuer }],
]) {
  const answer = await client.clientCredentialsGrant(await discovered(auth), parameters);
  say(step, { token: answer.access_token, token_type: answer.token_type, expires_in: answer.expires_in, scope: answer.scope, ...(await verified(answer.access_token)) });
}

// RFC 8693: an API key for a token.
const exchange = await client.discovery(new URL(issuer), keyId, undefined, client.None(), insecure);
const exchanged = await client.genericGrantRequest(exchange, "urn:ietf:params:oauth:grant-type:token-exchange",
  { subject_token: key, subject_token_type: "urn:eventmesh:token-type:api-key", scope: "publisher" });
say("token_exchange", { token: exchanged.access_token, issued_token_type: exchanged.issued_token_type, scope: exchanged.scope, ...(await verified(exchanged.access_token)) });

// oauth4webapi: both addresses of the metadata, a resource server's check (RFC 9068), introspection, revocation.
const options = { [oauth.allowInsecureRequests]: true };
const oidc = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { algorithm: "oidc", ...options }));
const server = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { algorithm: "oauth2", ...options }));
say("discovery", { alike: JSON.stringify(oidc) === JSON.stringify(server), token_endpoint: server.token_endpoint });

const me = { client_id: account };
const auth = oauth.ClientSecretBasic(secret);
const { access_token: token } = await oauth.processClientCredentialsResponse(server, me,
  await oauth.clientCredentialsGrantRequest(server, me, auth, new URLSearchParams({ scope: "publisher" }), options));
const request = new Request(`${issuer}/anything`, { headers: { authorization: `Bearer ${token}` } });
const claims = await oauth.validateJwtAccessToken(server, request, issuer, options);
say("resource_server", { subject: claims.sub, client: claims.client_id, tenant: claims.tenant_id, scope: claims.scope });

const introspect = async () => oauth.processIntrospectionResponse(server, me, await oauth.introspectionRequest(server, me, auth, token, options));
const before = await introspect();
await oauth.processRevocationResponse(await oauth.revocationRequest(server, me, auth, token, options));
await oauth.processRevocationResponse(await oauth.revocationRequest(server, me, auth, token, options));
say("revocation", { before, after: await introspect(), token });

say("refusals", {
  secret: await refused(client.clientCredentialsGrant(await discovered(client.ClientSecretPost("ems_wrong")))),
  scope: await refused(client.clientCredentialsGrant(basic, { scope: "operator" })),
  resource: await refused(client.clientCredentialsGrant(basic, { resource: "https://other.example" })),
  grant: await refused(client.genericGrantRequest(basic, "password", { username: "a", password: "b" })),
});
process.exit(0);
