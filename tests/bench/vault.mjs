// ./dev bench vault: node vault.mjs FOLDER [JSON]. Real Chromium, a profile on the disk, the program in FOLDER. What is
// measured, and what is not, is in README.md.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [folder, json] = process.argv.slice(2);
const sizes = (process.env.TACET_BENCH_SIZES ?? '1000,10000,100000').split(',').map(Number);
const messages = 300; // measured one by one at each size
const day = 24 * 3600 * 1000;
const mebi = 1024 * 1024;

const files = {
  '/vault_page.js': ['text/javascript', join(folder, 'vault_page.js')],
  '/vault_page.wasm': ['application/wasm', join(folder, 'vault_page.wasm')],
  '/drive.js': ['text/javascript', fileURLToPath(new URL('vault_page.js', import.meta.url))],
};
const server = createServer((request, response) => {
  const [type, path] = files[request.url] ?? [];
  response.setHeader('Content-Type', type ?? 'text/html');
  response.end(path ? readFileSync(path)
    : '<!doctype html><title>bench</title><script src="vault_page.js"></script><script src="drive.js"></script>');
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/`;

const results = [];
const report = (peer, what, n, figures) => {
  const rounded = Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number(value.toFixed(2))]));
  results.push({ peer, what, n, ...rounded });
  console.log(JSON.stringify(results.at(-1)));
};
const of = (peer, what, n) => results.find((line) => line.peer === peer && line.what === what && line.n === n);

async function measure(n) {
  const profile = mkdtempSync(join(tmpdir(), 'tacet-bench-'));
  // A context of its own kind: what playwright calls a new context keeps IndexedDB in memory.
  const browser = await chromium.launchPersistentContext(profile, { executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  browser.setDefaultTimeout(0);
  const fresh = async () => {
    const page = await browser.newPage();
    page.on('pageerror', (error) => { console.error(error); process.exit(1); });
    await page.goto(url);
    const began = performance.now();
    await page.evaluate(() => window.bench.load());
    return { page, loaded: performance.now() - began };
  };
  try {
    let { page } = await fresh();
    const filled = await page.evaluate((count) => window.bench.fill(count), n);
    const live = await page.evaluate(([count, pause]) => window.bench.live(count, pause), [messages, (6 * day) / n]);
    const one = Math.round(live.committed / messages);
    const put = await page.evaluate(([length, count]) => window.bench.put(length, count), [one, messages]);
    await page.close();
    report('tacet-wasm', 'vault-write', n, { p50_ms: live.p50, p95_ms: live.p95 });
    report('indexeddb', 'vault-write', n, { p50_ms: put.p50, p95_ms: put.p95, bytes: one });
    report('tacet-wasm', 'vault-written', n, {
      files_per_byte: (filled.written + live.written) / (filled.committed + live.committed),
      life_files_per_byte: live.written / live.committed, life_disk_per_byte: live.bytes / live.committed,
      bytes_per_message: one });
    report('tacet-wasm', 'vault-tidy', n, { longest_ms: Math.max(filled.longest, live.longest), p999_ms: Math.max(filled.most, live.most) });
    const unlocks = [];
    let loaded = 0;
    for (let round = 0; round < 3; round += 1) {
      const opened = await fresh();
      unlocks.push(await opened.page.evaluate((clock) => window.bench.unlock(clock), live.clock));
      loaded = opened.loaded;
      if (round === 2) {
        report('sodium-wasm', 'vault-unlock', n, { ms: await opened.page.evaluate((bytes) => window.bench.decrypt(bytes), live.stored) });
      }
      await opened.page.close();
    }
    unlocks.sort((a, b) => a.ms - b.ms);
    const unlock = unlocks[1];
    report('tacet-wasm', 'vault-unlock', n, { ms: unlock.ms, shown_first: unlock.first, shown: unlock.all, rest_ms: unlock.rest, longest_rest_ms: unlock.longest, page_ms: loaded });
    report('tacet-wasm', 'vault-memory', n, {
      vault_mib: live.stored / mebi, heap_mib: unlock.heapAfter / mebi, heap_unlocked_mib: unlock.heap / mebi });
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const loads = [loadavg()[0]];
for (const n of sizes) {
  await measure(n);
  loads.push(loadavg()[0]);
}
server.close();

console.log();
const aim = (text, value, limit, unit) =>
  console.log(`${text.padEnd(58)} ${value.toFixed(2)} ${unit} (aim ${limit.toFixed(2)}${value <= limit ? '' : ', MISSED'})`);
const [small, large] = [sizes[0], sizes.at(-1)];
const ours = (what, n = large) => of('tacet-wasm', what, n);
aim(`${large} messages, Argon2id to the first conversation`, ours('vault-unlock').ms, 700, 'ms');
aim('  against one plain decrypt of as many bytes', ours('vault-unlock').ms / of('sodium-wasm', 'vault-unlock', large).ms, Infinity, '×');
aim(`durable write at ${large}, p50`, ours('vault-write').p50_ms, 12, 'ms');
aim(`  against itself at ${small}`, ours('vault-write').p50_ms / ours('vault-write', small).p50_ms, 1.5, '×');
aim('  against a plain put of as many bytes', ours('vault-write').p50_ms / of('indexeddb', 'vault-write', large).p50_ms, Infinity, '×');
for (const n of sizes) {
  aim(`written to the files for each byte stored, ${n}`, ours('vault-written', n).files_per_byte, 3, '×');
  aim('  one message at a time, to IndexedDB', ours('vault-written', n).life_disk_per_byte, 3, '×');
  const memory = ours('vault-memory', n);
  aim(`wasm memory, ${n}`, memory.heap_mib, 1.6 * memory.vault_mib + 64, 'MiB');
  aim(`longest step of maintenance, ${n}`, ours('vault-tidy', n).longest_ms, 8, 'ms');
  aim('  all but one in a thousand', ours('vault-tidy', n).p999_ms, 8, 'ms');
}
console.log(`\nLoad average on ${availableParallelism()} processors, from beginning to end: ${loads.map((load) => load.toFixed(1)).join(', ')}`);
if (Math.max(...loads) > availableParallelism()) console.log('This machine was busy: what takes longer than a scheduler\'s slice looks slower than it is.');
if (json) writeFileSync(json, results.map((line) => `${JSON.stringify(line)}\n`).join(''));
