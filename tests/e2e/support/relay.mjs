// A real relay process that also serves the bundle, in a folder of its own. It can be killed and started again.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../../build/', import.meta.url));
export const program = join(build, 'native/src/relay/tacet-relay');
export const bundle = join(build, 'wasm/src/browser/web');

export class Relay {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'tacet-relay-'));
    this.port = 0;
  }

  static async start(...options) {
    const relay = new Relay();
    relay.options = options;
    await relay.start();
    return relay;
  }

  // As a relay whose disk was put back to an older state.
  async forgetShares() {
    await this.kill();
    const { status, stderr } = spawnSync('sqlite3', [join(this.folder, 'data', 'relay.sqlite'), 'DELETE FROM share'], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
    await this.start();
  }

  // The second time on the same port, with the same data.
  async start() {
    const data = join(this.folder, 'data');
    const options = ['--port', String(this.port), '--data', data, '--web', bundle, ...this.options];
    this.child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise((resolve) => this.child.once('exit', (code) => resolve(code)));
    this.stderr = '';
    this.child.stderr.on('data', (text) => (this.stderr += text));
    const line = await new Promise((resolve, reject) => {
      let text = '';
      this.child.stdout.on('data', (piece) => {
        text += piece;
        if (text.includes('\n')) resolve(text);
      });
      this.ended.then((code) => reject(new Error(`the relay ended with ${code}: ${this.stderr}`)));
    });
    this.url = line.match(/http:\/\/\S+/)[0];
    this.port = Number(new URL(this.url).port);
    this.socket = `ws://127.0.0.1:${this.port}/relay`;
  }

  async kill(signal = 'SIGKILL') {
    this.child.kill(signal);
    return this.ended;
  }

  async end() {
    await this.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
