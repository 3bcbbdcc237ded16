// ./dev bench ratchet: node ratchet.mjs NATIVE WASM.js [JSON]. Runs every peer in turn, several rounds, each round a
// process of its own, so that what disturbs the machine disturbs all of them; takes the median of each round and the
// median of those. What is measured, and what is not, is in src/ratchet/README.md.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const [native, wasm, json] = process.argv.slice(2);
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const peers = {
  'tacet-native': [native],
  'tacet-wasm': [process.execPath, wasm],
  libsignal: [process.execPath, here('libsignal.mjs')],
  'olm-wasm': [process.execPath, here('olm.mjs')],
};
const whats = { 'handshake+first message': 60, 'one-way': 1000, 'ping-pong': 300 }; // messages in each round
const rounds = 9;
const aims = [
  ['tacet-native', 'libsignal', { 'handshake+first message': 1.0, 'one-way': 0.35, 'ping-pong': 1.0 }],
  ['tacet-wasm', 'olm-wasm', { 'handshake+first message': 3.0, 'one-way': 1.5, 'ping-pong': 1.6 }],
];

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function measure(peer, what) {
  const [program, ...rest] = peers[peer];
  const run = spawnSync(program, [...rest, what, String(whats[what])], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${peer}, ${what}: ${run.error ?? run.stderr}`);
  return JSON.parse(run.stdout);
}

const results = [];
const loads = [];
for (const what of Object.keys(whats)) {
  const measured = Object.fromEntries(Object.keys(peers).map((peer) => [peer, []]));
  loads.push(loadavg()[0]);
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of Object.keys(peers)) measured[peer].push(measure(peer, what));
  }
  for (const [peer, runs] of Object.entries(measured)) {
    const us = median(runs.map((run) => median(run.us)));
    const last = runs.at(-1);
    results.push({ session: last.session, line: { peer, what, n: rounds * whats[what], us_each: Number(us.toFixed(2)),
      per_s: Math.round(1e6 / us), bytes: last.bytes } });
  }
}

console.log(`${'what'.padEnd(24)} ${'peer'.padEnd(13)} ${'µs each'.padStart(9)} ${'per s'.padStart(7)} ${'bytes'.padStart(6)} ${'session'.padStart(8)}`);
for (const { line, session } of results) {
  console.log(`${line.what.padEnd(24)} ${line.peer.padEnd(13)} ${line.us_each.toFixed(1).padStart(9)} ${String(line.per_s).padStart(7)} ${String(line.bytes).padStart(6)} ${String(session).padStart(8)}`);
}
console.log();
for (const [ours, theirs, limits] of aims) {
  for (const [what, limit] of Object.entries(limits)) {
    const of = (peer) => results.find(({ line }) => line.peer === peer && line.what === what).line.us_each;
    const ratio = of(ours) / of(theirs);
    console.log(`${what.padEnd(24)} ${ours} / ${theirs}: ${ratio.toFixed(2)} (aim ${limit.toFixed(2)}${ratio <= limit ? '' : ', MISSED'})`);
  }
}
loads.push(loadavg()[0]);
console.log(`\nLoad average on ${availableParallelism()} processors, from beginning to end: ${loads.map((load) => load.toFixed(1)).join(', ')}`);
if (Math.max(...loads) > availableParallelism()) console.log('This machine was busy: what takes longer than a scheduler\'s slice looks slower than it is.');
if (json) writeFileSync(json, results.map(({ line }) => `${JSON.stringify(line)}\n`).join(''));
