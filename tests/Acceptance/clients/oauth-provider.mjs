// npm's oidc-provider as an OAuth target: rotating refresh tokens with reuse detection, and people who always consent.
// Arguments: the secret of its one client, and its redirect URIs. Says its port; then does what each line asks, and answers each with a line.
import http from 'node:http';
import readline from 'node:readline';
// Its warnings are for servers of real people, and our output is read by line.
console.log = console.info = console.warn = () => {};
const say = (line) => process.stdout.write(line + '\n');
const { default: Provider } = await import('oidc-provider');

const [secret, ...redirects] = process.argv.slice(2);
const counts = { exchanged: 0, refreshed: 0, refused: 0, revoked: 0 };
let ttl = 3600;
let failing = 0;
let held = null;
let provider;
let answer;

const server = http.createServer(async (request, response) => {
  const path = new URL(request.url, 'http://127.0.0.1').pathname;
  if (path === '/token' && failing > 0) {
    failing--;
    response.writeHead(503).end();
    return;
  }
  if (path === '/token' && held) {
    held.arrived();
    await held.released;
    if (request.socket.destroyed) return;
  }
  if (path.startsWith('/interaction/')) return consent(request, response);
  return answer(request, response);
});

// Logs in and consents, as a person would.
async function consent(request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId: 'somebody' } }, { mergeWithLastSubmission: false });
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

const grants = new Set();

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: 'mesh', client_secret: secret, redirect_uris: redirects, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }],
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    pkce: { required: () => true },
    scopes: ['openid', 'offline_access', 'contacts'],
    rotateRefreshToken: true,
    issueRefreshToken: async (_, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('offline_access'),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    cookies: { keys: ['only for tests'] },
    jwks: undefined,
    ttl: { AccessToken: () => ttl, RefreshToken: 86_400, Grant: 86_400, Session: 86_400, Interaction: 600, IdToken: 600, AuthorizationCode: 60 },
  });
  provider.on('grant.success', (ctx) => {
    grants.add(ctx.oidc.entities.Grant?.jti ?? ctx.oidc.entities.RefreshToken?.grantId ?? ctx.oidc.entities.AuthorizationCode?.grantId);
    counts[ctx.oidc.params.grant_type === 'refresh_token' ? 'refreshed' : 'exchanged']++;
  });
  provider.on('grant.error', () => counts.refused++);
  provider.on('revocation.error', () => counts.refused++);
  provider.on('refresh_token.destroyed', () => counts.revoked++);
  answer = provider.callback();
  say(String(port));
});

const commands = {
  ttl: (seconds) => { ttl = Number(seconds); return 'taken'; },
  fail: (times) => { failing = Number(times); return 'taken'; },
  // The next requests for tokens are held before anything is done; answers when the first is there.
  hold: () => new Promise((ready) => {
    let release;
    const released = new Promise((resolve) => { release = resolve; });
    held = { arrived: () => ready('held'), released, release };
  }),
  release: () => { held?.release(); held = null; return 'taken'; },
  // Everything that was granted is no more.
  forget: async () => {
    for (const grant of grants) if (grant) await (await provider.Grant.find(grant))?.destroy();
    return 'taken';
  },
  counts: () => JSON.stringify(counts),
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [name, argument] = line.split(' ');
  Promise.resolve(commands[name](argument)).then(say);
}
