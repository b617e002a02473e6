// An OpenID provider on a free loopback port, for tests: npm's oidc-provider with what the argument says, in JSON.
//
//   node provider.mjs '{"clients":[…],"audience":"eventmesh","claims":{"sub":{…}},"rotate_refresh_tokens":true,"algorithm":"RS256","ttl":{"AccessToken":60}}'
//
// Prints its issuer as its first line and ends when its standard input does. Each line of input is a command in JSON; each is answered by one line of JSON:
//   {"do":"token","sub":"anna","claims":{…},"audience":"…","seconds":300}   a signed JWT access token → {"token":"…"}
//   {"do":"rotate"}                                                         a new signing key, the old one stays to be seen → {"kid":"…"}
//   {"do":"replace"}                                                        a new signing key, and none beside it → {"kid":"…"}
//   {"do":"down"} / {"do":"up"}                                             drops every connection / answers again → {}
//   {"do":"asked"}                                                          how often each path was asked for → {"/jwks":2,…}
// What it is asked for by OAuth (authorization code with PKCE, refresh tokens, client credentials, revocation) is answered by oidc-provider itself;
// the login page is passed by itself as the account that the request's login_hint names ("user" without one).
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { generateKeyPair, exportJWK, calculateJwkThumbprint, SignJWT, importJWK } from "jose";
import Provider from "oidc-provider";

process.env.NODE_ENV = "production";
console.warn = console.info = () => {};

const config = JSON.parse(process.argv[2] ?? "{}");
const resource = "urn:test:resource";
const algorithm = config.algorithm ?? "RS256";
let keys = [await newKey()];
let provider;
let isDown = false;
const asked = {};

async function newKey() {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: "sig", alg: algorithm };
}

const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  asked[path] = (asked[path] ?? 0) + 1;
  if (isDown) return void request.socket.destroy();
  provider.callback()(request, response);
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

// Grants and tokens are kept when the keys change: it is the same provider.
const stored = new Map();
class Adapter {
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) { stored.set(this.key(id), payload); }
  async find(id) { return stored.get(this.key(id)); }
  async findByUserCode(code) { return [...stored.values()].find((p) => p.userCode === code); }
  async findByUid(uid) { return [...stored.values()].find((p) => p.uid === uid); }
  async consume(id) { const p = stored.get(this.key(id)); if (p) p.consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { stored.delete(this.key(id)); }
  async revokeByGrantId(grantId) { for (const [k, p] of stored) if (p.grantId === grantId) stored.delete(k); }
}

function serve() {
  provider = new Provider(issuer, {
    adapter: Adapter,
    clients: config.clients ?? [{ client_id: "app", client_secret: "app-secret", grant_types: ["client_credentials"], redirect_uris: [], response_types: [] }],
    jwks: { keys },
    scopes: config.scopes ?? ["openid", "offline_access", "read", "write"],
    claims: { openid: ["sub", ...new Set(Object.values(config.claims ?? {}).flatMap(Object.keys))] },
    cookies: { keys: ["only for tests"] },
    ttl: { AccessToken: 3600, ClientCredentials: 3600, IdToken: 3600, RefreshToken: 86400, Interaction: 600, Session: 600, Grant: 86400, ...config.ttl },
    rotateRefreshToken: config.rotate_refresh_tokens ?? true,
    issueRefreshToken: async (ctx, client, code) => client.grantTypeAllowed("refresh_token") && (code.scopes.has("offline_access") || config.always_refresh_tokens === true),
    conformIdTokenClaims: false,
    pkce: { required: () => config.pkce_required ?? false },
    enabledJWA: { idTokenSigningAlgValues: [algorithm], requestObjectSigningAlgValues: [algorithm], userinfoSigningAlgValues: [algorithm] },
    clientDefaults: { id_token_signed_response_alg: algorithm },
    findAccount: async (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...(config.claims?.[sub] ?? {}) }) }),
    extraTokenClaims: async (ctx, token) => config.claims?.[token.accountId ?? token.clientId] ?? {},
    interactions: { url: (ctx, interaction) => `/pass/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: config.audience !== undefined,
        // A resource is named by an address, its tokens' audience as it likes.
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: (config.scopes ?? ["read", "write"]).join(" "), audience: config.audience, accessTokenFormat: "jwt", jwt: { sign: { alg: algorithm } } }),
      },
    },
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/pass/")) return next();
    const { prompt, params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
    const result = {};
    const account = params.login_hint ?? "user";
    if (prompt.name === "login") result.login = { accountId: account };
    if (prompt.name === "consent") {
      const details = await provider.interactionDetails(ctx.req, ctx.res);
      const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: details.session.accountId, clientId: params.client_id });
      if (params.scope) grant.addOIDCScope(params.scope);
      if (config.audience !== undefined && params.scope) grant.addResourceScope(resource, params.scope);
      result.consent = { grantId: await grant.save() };
    }
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  });
}
serve();

const commands = {
  async token({ sub = "user", claims = {}, audience = config.audience ?? "eventmesh", seconds = 300 }) {
    const now = Math.floor(Date.now() / 1000);
    const jwt = new SignJWT({ ...(config.claims?.[sub] ?? {}), ...claims })
      .setProtectedHeader({ alg: algorithm, kid: keys[0].kid, typ: "at+jwt" }).setIssuer(issuer).setSubject(sub).setAudience(audience).setIssuedAt(now + Math.min(0, seconds)).setExpirationTime(now + seconds);
    return { token: await jwt.sign(await importJWK(keys[0], algorithm)) };
  },
  async rotate() { keys = [await newKey(), keys[0]]; serve(); return { kid: keys[0].kid }; },
  async replace() { keys = [await newKey()]; serve(); return { kid: keys[0].kid }; },
  async down() { isDown = true; server.closeAllConnections(); return {}; },
  async up() { isDown = false; return {}; },
  async asked() { return asked; },
};

console.log(issuer);
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
  const command = JSON.parse(line);
  try {
    console.log(JSON.stringify(await commands[command.do](command)));
  } catch (error) {
    console.log(JSON.stringify({ fault: String(error) }));
  }
}
server.closeAllConnections();
server.close();
process.exit(0);
