// Programs as an operator runs them: the relay, and proxies in front of it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const program = join(root, 'build/native/src/relay/tacet-relay');
export const packaging = (name) => readFileSync(join(root, 'packaging', name), 'utf8');

export function temporaryFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-deploy-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// Starts a program; ends it with the test. `until`: a text in its output to wait for, or a function that says so.
export async function running(t, command, args, { until, env } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const out = { child, text: '', ended: false };
  out.exit = new Promise((resolve) => child.once('exit', (code, signal) => resolve((out.ended = true) && (code ?? signal))));
  out.silent = new Promise((resolve) => child.once('close', resolve)); // all it wrote has been read
  t.after(async () => {
    child.kill('SIGTERM'); // nginx ends its workers then
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await out.exit;
    clearTimeout(patience);
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (out.text += piece));
  out.until = (done) =>
    waitFor(() => {
      if (out.ended) throw new Error(`${command} has ended: ${out.text}`);
      return typeof done === 'string' ? out.text.includes(done) : done();
    }, () => out.text);
  if (until) await out.until(until);
  return out;
}

export async function waitFor(condition, explain = () => '', seconds = 60) {
  for (const end = Date.now() + seconds * 1000; ; ) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`this never came about: ${condition} ${explain()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export async function startRelay(t, ...options) {
  const data = join(temporaryFolder(t), 'data');
  const relay = await running(t, program, ['--port', '0', '--data', data, ...options], { until: 'Tacet is at' });
  relay.url = new URL(relay.text.match(/https?:\/\/\S+/)[0]);
  return relay;
}

export async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const listening = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });

// A certificate for chat.example.org that vouches for itself, and its key.
export function selfSigned(folder, name = 'one') {
  const certificate = join(folder, `${name}.pem`);
  const key = join(folder, `${name}.key`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=chat.example.org', '-addext', 'subjectAltName=DNS:chat.example.org', '-keyout', key, '-out', certificate],
    { stdio: 'pipe' });
  return { certificate, key, ca: readFileSync(certificate) };
}

// One request to this machine under a name. { status, headers, body }
export function request(port, path, { host = 'chat.example.org', ca, method = 'GET' } = {}) {
  const options = { host: '127.0.0.1', port, path, method, headers: { host }, agent: false };
  const name = host.split(':')[0];
  return new Promise((resolve, reject) => {
    const sent = (ca ? https : http).request(ca ? { ...options, ca, servername: name } : options, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (piece) => (body += piece));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body, certificate: ca && answer.socket.getPeerCertificate?.()?.fingerprint256 }));
    });
    sent.on('error', reject).end();
  });
}

// A WebSocket to the relay under a name; its first block, Hello, has come.
export async function connect(port, { host = 'chat.example.org', ca } = {}) {
  const socket = new WebSocket(`${ca ? 'wss' : 'ws'}://127.0.0.1:${port}/relay`, {
    ca, servername: ca ? host.split(':')[0] : undefined, headers: { host }, perMessageDeflate: false,
  });
  const blocks = [];
  const waiting = [];
  socket.on('message', (data) => (waiting.length ? waiting.shift()(data) : blocks.push(data)));
  socket.next = () => (blocks.length ? Promise.resolve(blocks.shift()) : new Promise((resolve) => waiting.push(resolve)));
  socket.closed = new Promise((resolve) => socket.once('close', (code) => resolve(code)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.hello = await socket.next();
  return socket;
}
