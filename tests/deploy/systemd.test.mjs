// The units, and the relay as systemd starts it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect, freePort, listening, packaging, program, request, running, temporaryFolder } from './support.mjs';
import { talk } from './wire.mjs';

test('it serves the socket that systemd passed on, says when it is ready, and keeps its data where it is told to', async (t) => {
  const folder = temporaryFolder(t);
  const port = await freePort();
  const notify = join(folder, 'notify');
  const hears = await running(t, 'python3', ['-uc',
    'import socket,sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.bind(sys.argv[1])\nprint("bound")\nwhile True: print(s.recv(4096).decode())',
    notify], { until: 'bound' });
  const relay = await running(t, 'systemd-socket-activate',
    ['--listen', `127.0.0.1:${port}`, `--setenv=NOTIFY_SOCKET=${notify}`, `--setenv=STATE_DIRECTORY=${folder}/state`, program], { until: 'Listening on' });
  // The first connection starts it, and waits for it in the socket's queue.
  assert.equal((await request(port, '/healthz')).body, 'ok\n');
  await hears.until('READY=1');
  assert.match(relay.text, new RegExp(`Tacet is at http://127\\.0\\.0\\.1:${port}/`));
  const socket = await connect(port, { host: `127.0.0.1:${port}` });
  assert.equal(await talk(socket, `127.0.0.1:${port}`), true);
  assert.equal(spawnSync('ls', [join(folder, 'state')], { encoding: 'utf8' }).stdout, 'admin.sock\nhour-keys\nlock\nrelay.sqlite\nrelay.sqlite-shm\nrelay.sqlite-wal\n');
  relay.child.kill('SIGTERM');
  assert.equal(await socket.closed, 1001);
  assert.equal(await relay.exit, 0);
  assert.equal(await listening(port), false);
});

test('several sockets, or one that is none for TCP, are refused with a sentence', async (t) => {
  const folder = temporaryFolder(t);
  const activated = async (...places) => {
    const relay = await running(t, 'systemd-socket-activate',
      [...places.map((place) => `--listen=${place}`), `--setenv=STATE_DIRECTORY=${folder}/state`, program], { until: 'Listening on' });
    net.connect(places[0].startsWith('/') ? { path: places[0] } : { port: Number(places[0].split(':')[1]) }).on('error', () => {});
    assert.equal(await relay.exit, 3);
    await relay.silent;
    return relay.text;
  };
  assert.match(await activated(`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`), /systemd passed on several sockets/);
  assert.match(await activated(join(folder, 'unix')), /The socket that systemd passed on is none for TCP/);
});

test('systemd finds nothing wrong with the units, and little that they leave open', (t) => {
  const folder = temporaryFolder(t);
  const units = join(folder, 'units');
  mkdirSync(units);
  for (const unit of ['tacet-relay.service', 'tacet-relay.socket']) {
    writeFileSync(join(units, unit), packaging(unit).replaceAll('/usr/bin/tacet-relay', program).replace(/^Documentation=.*\n/m, ''));
  }
  const verified = spawnSync('systemd-analyze', ['verify', '--recursive-errors=no', join(units, 'tacet-relay.service'), join(units, 'tacet-relay.socket')], { encoding: 'utf8' });
  assert.equal(verified.stderr, '');
  assert.equal(verified.status, 0);
  // From 0, nothing is exposed, to 100. Its threshold is what the unit is held to.
  const security = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=15', '--no-pager', join(units, 'tacet-relay.service')], { encoding: 'utf8' });
  assert.equal(security.status, 0, security.stdout + security.stderr);
});
