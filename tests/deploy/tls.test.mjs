// TLS that the relay speaks itself.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import tls from 'node:tls';
import { connect, program, request, selfSigned, startRelay, temporaryFolder, waitFor } from './support.mjs';
import { talk } from './wire.mjs';

function configured(t) {
  const folder = temporaryFolder(t);
  const one = selfSigned(folder, 'one');
  const certificate = join(folder, 'used.pem');
  const key = join(folder, 'used.key');
  const use = (which) => (copyFileSync(which.certificate, certificate), copyFileSync(which.key, key));
  use(one);
  const file = join(folder, 'relay.toml');
  writeFileSync(file, `web = "${folder}"\nhosts = ["chat.example.org"]\n[tls]\ncertificate = "${certificate}"\nkey = "${key}"\n`);
  writeFileSync(join(folder, 'index.html'), 'the app');
  return { folder, one, use, file, key };
}

test('pages and the WebSocket come over TLS', async (t) => {
  const { one, file } = configured(t);
  const relay = await startRelay(t, '--config', file);
  assert.equal(relay.url.protocol, 'https:');
  const page = await request(relay.url.port, '/', { ca: one.ca });
  assert.equal(page.body, 'the app');
  const socket = await connect(relay.url.port, { ca: one.ca });
  assert.equal(await talk(socket, 'chat.example.org'), true);
  relay.child.kill('SIGTERM');
  assert.equal(await socket.closed, 1001);
  assert.equal(await relay.exit, 0);
});

test('whoever speaks plain HTTP to it is told what to do, and TLS before 1.2 is refused', async (t) => {
  const { one, file } = configured(t);
  const relay = await startRelay(t, '--config', file);
  const plain = await request(relay.url.port, '/');
  assert.equal(plain.status, 400);
  assert.equal(plain.body, 'This port speaks TLS. Use an address with https or wss.\n');
  const old = tls.connect({ port: relay.url.port, host: '127.0.0.1', ca: one.ca, servername: 'chat.example.org', minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
  await assert.rejects(new Promise((resolve, reject) => old.once('secureConnect', resolve).once('error', reject)));
  assert.equal((await request(relay.url.port, '/healthz', { ca: one.ca })).body, 'ok\n');
});

test('SIGHUP takes a renewed certificate for new connections and leaves the others be', async (t) => {
  const { folder, one, use, file, key } = configured(t);
  const relay = await startRelay(t, '--config', file);
  const socket = await connect(relay.url.port, { ca: one.ca });
  const two = selfSigned(folder, 'two');
  use(two);
  relay.child.kill('SIGHUP');
  await relay.until('the configuration was read again');
  await waitFor(async () => (await request(relay.url.port, '/', { ca: [one.ca, two.ca] })).body === 'the app');
  assert.equal((await request(relay.url.port, '/', { ca: two.ca })).body, 'the app');
  await assert.rejects(request(relay.url.port, '/', { ca: one.ca }));
  assert.equal(await talk(socket, 'chat.example.org'), true);

  // A key that is not the certificate's changes nothing.
  copyFileSync(one.key, key);
  relay.child.kill('SIGHUP');
  await relay.until('The certificate before stays in use.');
  assert.equal((await request(relay.url.port, '/', { ca: two.ca })).body, 'the app');
});

test('it does not start with a certificate that is none, or with another one\'s key', (t) => {
  const { folder, one, file, key } = configured(t);
  const start = () => spawnSync(program, ['--config', file, '--port', '0', '--data', join(folder, 'data')], { encoding: 'utf8' });
  assert.equal(spawnSync(program, ['check-config', file], { encoding: 'utf8' }).stdout, 'ok\n');
  copyFileSync(selfSigned(folder, 'other').key, key);
  const other = start();
  assert.equal(other.status, 2);
  const checked = spawnSync(program, ['check-config', file], { encoding: 'utf8' });
  assert.equal(checked.status, 2);
  assert.equal(checked.stderr, other.stderr);
  assert.match(other.stderr, /^The key .*used\.key cannot be used/);
  writeFileSync(key, 'nonsense');
  assert.equal(start().status, 2);
  copyFileSync(one.key, key);
  writeFileSync(join(folder, 'used.pem'), 'nonsense');
  const none = start();
  assert.equal(none.status, 2);
  assert.match(none.stderr, /^The certificate .*used\.pem cannot be used/);
});
