// nginx and Caddy in front of the relay, with the fragments that are shipped: only names, ports and paths are others.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { connect, freePort, listening, packaging, request, running, selfSigned, startRelay, temporaryFolder, waitFor } from './support.mjs';
import { talk } from './wire.mjs';

// Every replacement must have something to replace.
function changed(text, replacements) {
  for (const [from, to] of replacements) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function nginx(t, folder, relay) {
  const port = await freePort();
  const { certificate, key, ca } = selfSigned(folder);
  const fragment = changed(packaging('nginx.conf'), [
    ['listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`],
    ['    listen [::]:443 ssl http2;\n', ''],
    ['127.0.0.1:8080', relay.url.host],
    ['/etc/ssl/certs/chat.example.org.pem', certificate],
    ['/etc/ssl/private/chat.example.org.key', key],
  ]);
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, `daemon off; pid ${folder}/pid; error_log stderr; user root;\nevents {}\nhttp {\n` +
    ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};\n`).join('') + fragment + '}\n');
  await running(t, 'nginx', ['-c', file, '-p', folder], { until: () => listening(port) });
  return { port, ca };
}

async function caddy(t, folder, relay) {
  const port = await freePort();
  const { certificate, key, ca } = selfSigned(folder);
  const fragment = changed(packaging('Caddyfile'), [
    ['chat.example.org {', `https://chat.example.org:${port} {\n\tbind 127.0.0.1\n\ttls ${certificate} ${key}`],
    ['127.0.0.1:8080', relay.url.host],
  ]);
  const file = join(folder, 'Caddyfile');
  writeFileSync(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${fragment}`);
  const home = join(folder, 'home');
  mkdirSync(home);
  await running(t, 'caddy', ['run', '--adapter', 'caddyfile', '--config', file], { until: () => listening(port), env: { HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home } });
  return { port, ca };
}

const pingedAfter = 45; // seconds: src/relay/README.md, "A connection"

for (const [name, start] of Object.entries({ nginx, caddy })) {
  test(`behind ${name}, pages, the WebSocket, the name and the largest messages come through`, async (t) => {
    const folder = temporaryFolder(t);
    writeFileSync(join(folder, 'index.html'), 'the app');
    const relay = await startRelay(t, '--web', folder, '--host', 'chat.example.org');
    const { port, ca } = await start(t, folder, relay);
    assert.equal((await request(port, '/', { ca })).body, 'the app');
    assert.equal((await request(port, '/', { ca })).headers['x-content-type-options'], 'nosniff');
    assert.equal((await request(port, '/relay', { ca })).status, 426);
    const socket = await connect(port, { ca });
    assert.equal(await talk(socket, 'chat.example.org'), true);
    relay.child.kill('SIGTERM');
    assert.equal(await socket.closed, 1001);
  });

  test(`behind ${name}, a relay that believes the Host header sees the one the client sent`, async (t) => {
    const folder = temporaryFolder(t);
    const relay = await startRelay(t);
    const { port, ca } = await start(t, folder, relay);
    const host = name === 'nginx' ? 'chat.example.org' : `chat.example.org:${port}`;
    assert.equal(await talk(await connect(port, { ca, host }), host), true);
    assert.equal(await talk(await connect(port, { ca, host }), relay.url.host), false);
  });
}

// ./dev soak proxies
for (const [name, start] of Object.entries({ nginx, caddy })) {
  test(`behind ${name}, a connection on which nobody says anything stays open`, { skip: !process.env.TACET_SOAK }, async (t) => {
    const folder = temporaryFolder(t);
    const relay = await startRelay(t, '--host', 'chat.example.org');
    const { port, ca } = await start(t, folder, relay);
    const socket = await connect(port, { ca });
    let pings = 0;
    socket.on('ping', () => ++pings);
    await waitFor(() => pings >= 4 || socket.readyState !== socket.OPEN, () => `${pings} pings`, 6 * pingedAfter);
    assert.equal(pings, 4);
    assert.equal(await talk(socket, 'chat.example.org'), true);
  });
}

test('what nginx does with a silent connection leaves the relay time to ping it', () => {
  for (const key of ['proxy_read_timeout', 'proxy_send_timeout']) {
    assert.ok(Number(packaging('nginx.conf').match(new RegExp(`${key} (\\d+)s;`))[1]) > 2 * pingedAfter, key);
  }
});
