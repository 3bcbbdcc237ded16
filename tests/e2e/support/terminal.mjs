// The terminal client, in a folder of its own: single commands, and `listen` as a bot.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { until } from './wait.mjs';

const program = fileURLToPath(new URL('../../../build/native/src/cli/tacet', import.meta.url));

export class Terminal {
  constructor(relay, name) {
    this.relay = relay;
    this.name = name;
    this.folder = mkdtempSync(join(tmpdir(), 'tacet-terminal-'));
    this.usePassphrase('correct horse battery staple');
  }
  usePassphrase(text) {
    writeFileSync(join(this.folder, 'passphrase'), `${text}\n`, { mode: 0o600 });
  }
  end() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  start(...words) {
    const home = ['--home', join(this.folder, 'home'), '--passphrase-file', join(this.folder, 'passphrase')];
    return spawn(program, [...home, ...words], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  }
  // {code, out, complaints, lines}: lines are the JSON objects of --json.
  async run(...words) {
    const child = this.start(...words);
    child.stdin.end();
    let out = '';
    let complaints = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (complaints += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    const lines = words.includes('--json') ? out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line)) : [];
    return { code, out: out.trim(), complaints, lines };
  }
  // The same, and it must work.
  async must(...words) {
    const result = await this.run(...words);
    if (result.code !== 0) throw new Error(`tacet ${words[0]} ended with ${result.code}: ${result.complaints}`);
    return result;
  }
  // Accepts the one request there is, waiting for it to come.
  async approveOnly() {
    const contact = await until('somebody asks', async () => {
      const { lines } = await this.must('requests', '--json');
      return lines.find((line) => line.event === 'contact')?.contact;
    });
    await this.must('approve', contact);
  }
  async create() {
    return this.must('create', '--relay', this.relay.socket, '--name', this.name);
  }
}

export class Bot {
  constructor(terminal) {
    this.child = terminal.start('listen');
    this.heard = [];
    createInterface({ input: this.child.stdout }).on('line', (line) => this.heard.push(JSON.parse(line)));
    this.complaints = '';
    this.child.stderr.on('data', (text) => (this.complaints += text));
    this.ended = new Promise((resolve) => this.child.once('close', resolve));
  }
  tell(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }
  // The newest object that fits.
  async hears(what, fits) {
    return until(`the bot hears ${what}${this.complaints}`, () => this.heard.findLast(fits));
  }
  async quit() {
    this.child.stdin.end();
    return this.ended;
  }
}
