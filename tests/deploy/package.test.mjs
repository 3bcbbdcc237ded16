// The Debian package in a system of its own: a folder that dpkg takes for /.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { connect, packaging, request, running, temporaryFolder } from './support.mjs';
import { block, kinds, Mailbox, read, talk } from './wire.mjs';

const built = fileURLToPath(new URL('../../build/package/', import.meta.url));
const packages = readdirSync(built).filter((name) => name.endsWith('.deb'));
assert.equal(packages.length, 1);
const first = join(built, packages[0]);
const field = (name) => execFileSync('dpkg-deb', ['-f', first, name], { encoding: 'utf8' }).trim();

class System {
  constructor(t) {
    this.t = t;
    this.root = temporaryFolder(t);
    for (const folder of ['info', 'updates', 'triggers']) mkdirSync(this.path(`var/lib/dpkg/${folder}`), { recursive: true });
    writeFileSync(this.path('var/lib/dpkg/status'), '');
    writeFileSync(this.path('var/lib/dpkg/available'), '');
  }
  path(name) {
    return join(this.root, name);
  }
  dpkg(...args) {
    execFileSync('dpkg', [`--root=${this.root}`, `--log=${this.path('dpkg.log')}`, '--force-script-chrootless', '--force-not-root', '--force-depends', '--force-confold', ...args],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }
  status() {
    const status = readFileSync(this.path('var/lib/dpkg/status'), 'utf8');
    return status.match(/^Status: (.*)$/m)?.[1] ?? 'not there';
  }
  // What the unit does, without systemd.
  async start() {
    const relay = await running(this.t, this.path('usr/bin/tacet-relay'), ['--config', this.path('etc/tacet-relay.toml'), '--port', '0'],
      { until: 'Tacet is at', env: { STATE_DIRECTORY: this.path('var/lib/private/tacet-relay') } });
    relay.url = new URL(relay.text.match(/https?:\/\/\S+/)[0]);
    relay.stop = async () => (relay.child.kill('SIGTERM'), assert.equal(await relay.exit, 0));
    return relay;
  }
  // All files but dpkg's own.
  files() {
    return readdirSync(this.root, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.path ?? entry.parentPath, entry.name).slice(this.root.length))
      .filter((name) => !name.startsWith('/var/lib/dpkg/') && name !== '/dpkg.log');
  }
}

// The same package with a higher version and another default configuration.
function newer(t) {
  const folder = temporaryFolder(t);
  const tree = join(folder, 'tree');
  execFileSync('dpkg-deb', ['-R', first, tree]);
  const control = join(tree, 'DEBIAN/control');
  writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*$/m, 'Version: 99'));
  appendFileSync(join(tree, 'etc/tacet-relay.toml'), '# newer\n');
  const out = join(folder, 'newer.deb');
  execFileSync('dpkg-deb', ['--root-owner-group', '-b', tree, out]);
  return out;
}

test('the package installs, and the relay in it serves the app that came with it', async (t) => {
  const system = new System(t);
  system.dpkg('-i', first);
  assert.equal(system.status(), 'install ok installed');
  assert.equal(readFileSync(system.path('etc/tacet-relay.toml'), 'utf8'), packaging('tacet-relay.toml'));
  for (const name of ['usr/lib/systemd/system/tacet-relay.service', 'usr/lib/systemd/system/tacet-relay.socket', 'usr/share/man/man8/tacet-relay.8',
    'usr/share/doc/tacet-relay/examples/nginx.conf', 'usr/share/doc/tacet-relay/examples/Caddyfile', 'usr/share/doc/tacet-relay/copyright']) {
    assert.ok(existsSync(system.path(name)) || existsSync(system.path(name.replace('usr/lib', 'lib'))), name);
  }
  const relay = await system.start();
  const host = relay.url.host;
  const page = await request(relay.url.port, '/', { host });
  assert.equal(page.status, 200);
  assert.match(page.body, /<title>Tacet<\/title>/);
  assert.equal(await talk(await connect(relay.url.port, { host }), host), true);
  await relay.stop();
});

test('an upgrade keeps what the relay holds and what the operator wrote', async (t) => {
  const system = new System(t);
  system.dpkg('-i', first);
  const before = await system.start();
  const mailbox = new Mailbox();
  const socket = await connect(before.url.port, { host: before.url.host });
  socket.send(mailbox.new());
  assert.equal(read(await socket.next()).type, kinds.ok);
  socket.send(mailbox.send(Buffer.alloc(4096, 7)));
  assert.equal(read(await socket.next()).type, kinds.ok);
  await before.stop();
  const file = system.path('etc/tacet-relay.toml');
  const mine = packaging('tacet-relay.toml').replace('hosts = []', 'hosts = ["chat.example.org"]');
  writeFileSync(file, mine);

  system.dpkg('-i', newer(t));
  assert.equal(system.status(), 'install ok installed');
  assert.equal(readFileSync(file, 'utf8'), mine);
  assert.ok(readFileSync(`${file}.dpkg-dist`, 'utf8').endsWith('# newer\n'));
  const after = await system.start();
  const again = await connect(after.url.port);
  again.send(mailbox.subscribe(again.hello, 'chat.example.org'));
  assert.equal(read(await again.next()).type, kinds.subscribed);
  const msg = read(await again.next());
  assert.equal(msg.type, kinds.msg);
  assert.ok(msg.fields.includes(Buffer.alloc(4096, 7)));
  again.send(block(kinds.ping, 9));
  assert.equal(read(await again.next()).type, kinds.pong);
  await after.stop();
});

test('removing leaves configuration and data, purging leaves nothing', async (t) => {
  const system = new System(t);
  system.dpkg('-i', first);
  await (await system.start()).stop();
  system.dpkg('-r', 'tacet-relay');
  assert.equal(system.status(), 'deinstall ok config-files');
  const left = system.files().filter((name) => !name.startsWith('/var/lib/systemd/') && !name.startsWith('/etc/systemd/'));
  assert.deepEqual(left.sort(), ['/etc/tacet-relay.toml', '/var/lib/private/tacet-relay/hour-keys', '/var/lib/private/tacet-relay/lock', '/var/lib/private/tacet-relay/relay.sqlite']);
  system.dpkg('-P', 'tacet-relay');
  assert.deepEqual(system.files(), []);
});

test('its control fields say what it is and what it needs', () => {
  assert.equal(field('Package'), 'tacet-relay');
  for (const library of ['libc6', 'libsqlite3-0', 'libssl3', 'libsystemd0', 'libtomlplusplus3', 'libprometheus-cpp-pull1.0', 'init-system-helpers']) {
    assert.match(field('Depends'), new RegExp(library.replace('.', '\\.')));
  }
  assert.equal(execFileSync('dpkg-deb', ['--ctrl-tarfile', first]).length > 0, true);
  const owners = execFileSync('dpkg-deb', ['-c', first], { encoding: 'utf8' }).trim().split('\n');
  assert.ok(owners.every((line) => line.split(/\s+/)[1] === 'root/root'));
});
