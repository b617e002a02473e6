// npm's s3rver as an object store, behind a door that checks what it does not: that requests are signed (by npm's aws4) and that their bodies are those that were signed.
// What s3rver lacks, listing the parts of an upload and aborting one, is answered here from its directory. Arguments: access key, secret key, bucket.
// Says its address; then does what each line asks, and answers each with a line.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import aws4 from 'aws4';
import S3rver from 's3rver';

const [accessKeyId, secretAccessKey, bucket] = process.argv.slice(2);
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'eventmesh-s3-'));
const uploads = path.join(directory, bucket, '._S3rver_uploads');
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
let failing = 0;
let holding = null;
const asked = [];

// s3rver knows its own key alone, and looks at no signature of version 4.
const store = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, resetOnClose: true, configureBuckets: [{ name: bucket }] });
const behind = (await store.run()).port;

function refusal(request, body) {
  const said = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=[0-9a-f]{64}$/.exec(request.headers.authorization ?? '');
  if (!said || said[1] !== accessKeyId) return 'InvalidAccessKeyId';
  const names = said[4].split(';');
  const unsigned = Object.keys(request.headers).filter((h) => (h.startsWith('x-amz-') || h === 'host') && !names.includes(h));
  if (unsigned.length > 0) return 'SignatureDoesNotMatch';
  const headers = Object.fromEntries(names.map((n) => [n, request.headers[n]]));
  const options = { service: 's3', region: said[3], method: request.method, path: request.url, headers };
  aws4.sign(options, { accessKeyId, secretAccessKey });
  if (options.headers.Authorization !== request.headers.authorization) return 'SignatureDoesNotMatch';
  return crypto.createHash('sha256').update(body).digest('hex') === request.headers['x-amz-content-sha256'] ? null : 'XAmzContentSHA256Mismatch';
}

const door = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const answer = (status, xml) => response.writeHead(status, { 'content-type': 'application/xml' }).end(xml);
  const error = (status, code) => answer(status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>for people</Message></Error>`);
  asked.push(`${request.method} ${request.url}`);
  const refused = refusal(request, body);
  if (refused) return error(403, refused);
  if (failing > 0) {
    failing--;
    return error(503, 'SlowDown');
  }
  const url = new URL(request.url, 'http://s3');
  if (holding && url.searchParams.get('partNumber') === holding.part) {
    holding.arrived();
    await holding.released;
  }
  const upload = url.searchParams.get('uploadId');
  const of = upload && path.join(uploads, path.basename(upload));
  if (upload && !fs.existsSync(of)) return error(404, 'NoSuchUpload');
  if (upload && request.method === 'DELETE') {
    fs.rmSync(of, { recursive: true });
    return answer(204);
  }
  if (upload && request.method === 'GET') {
    const parts = fs.readdirSync(of).filter((f) => /^\d+$/.test(f)).map(Number).sort((a, b) => a - b);
    const listed = parts.map((n) => `<Part><PartNumber>${n}</PartNumber><ETag>"${fs.readFileSync(path.join(of, `${n}.md5`))}"</ETag><Size>${fs.statSync(path.join(of, `${n}`)).size}</Size></Part>`);
    return answer(200, `<ListPartsResult><IsTruncated>false</IsTruncated>${listed.join('')}</ListPartsResult>`);
  }
  const { authorization, ...headers } = request.headers;
  const on = http.request({ port: behind, host: '127.0.0.1', method: request.method, path: request.url, headers }, (back) => {
    response.writeHead(back.statusCode, back.headers);
    back.pipe(response);
  });
  on.on('error', () => response.destroy());
  on.end(body);
});
await new Promise((ready) => door.listen(0, '127.0.0.1', ready));
process.stdout.write(`http://127.0.0.1:${door.address().port}\n`);

const objects = () => fs.readdirSync(path.join(directory, bucket), { recursive: true }).map(String).filter((f) => f.endsWith('._S3rver_object')).map((f) => f.slice(0, -'._S3rver_object'.length)).sort();

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const { do: what, key, times, part, to } = JSON.parse(line);
  if (what === 'objects') say({ objects: objects() });
  else if (what === 'uploads') say({ uploads: fs.existsSync(uploads) ? fs.readdirSync(uploads).length : 0 });
  else if (what === 'asked') say({ asked });
  else if (what === 'fail') {
    failing = times;
    say({});
  } else if (what === 'save') {
    fs.copyFileSync(path.join(directory, bucket, `${key}._S3rver_object`), to);
    say({});
  } else if (what === 'hold') {
    // The part with this number waits; the answer comes when it has arrived.
    let release;
    const arrived = new Promise((resolve) => (holding = { part, arrived: resolve, released: new Promise((r) => (release = r)) }));
    holding.release = release;
    say({});
    await arrived;
    say({ arrived: true });
  } else if (what === 'release') {
    holding?.release();
    holding = null;
    say({});
  } else say({ fault: `no ${what} here` });
}).on('close', () => {
  fs.rmSync(directory, { recursive: true, force: true });
  process.exit(0);
});
