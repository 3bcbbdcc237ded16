// Made two_keys.json: node ratchet/two_keys.mjs > ratchet/two_keys.json (in tests/, after .ci/packages).
//
// Contents of a ratchet message (RATCHET.md section 6) that open under two message keys, but for `com`: the cipher
// accepts them under both, and both plaintexts are well-formed. Under the first key the length is the greatest there is;
// under the second it is smaller, and the zeros after it fix that part of the ciphertext. Two lengths that are possible
// at once are found among many keys; one block of 16 bytes then makes the two Poly1305 tags equal.
import { createHash, hkdfSync } from 'node:crypto';
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;
const [size, fullest] = [4096 - 2408, 4096 - 2412]; // of the smallest class: ciphertext, data
const id = Buffer.alloc(32, 0x11);
const nonce = Buffer.alloc(24, 0x22);

const le = (bytes) => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
const bytes = (number, length) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex').reverse();

function derived(key) {
  const out = Buffer.from(hkdfSync('sha512', key, nonce, Buffer.concat([Buffer.from('S1/mk'), id]), 88));
  const stream = Buffer.from(sodium.crypto_stream_xchacha20_xor_ic(Buffer.alloc(64 + size), out.subarray(32, 56), 0,
    out.subarray(0, 32)));
  return { key, stream: stream.subarray(64), r: le(stream.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn,
    s: le(stream.subarray(16, 32)) };
}

// Two keys whose streams allow both lengths in the same four bytes.
function pair() {
  const buckets = new Map();
  for (let i = 0; ; i += 1) {
    const one = derived(createHash('sha256').update(`two keys ${i}`).digest());
    const start = one.stream.readUInt32LE(0);
    for (const other of buckets.get(start >>> 11) ?? []) {
      const length = (start ^ other.stream.readUInt32LE(0) ^ fullest) >>> 0;
      if (length >= 64 && length < fullest) return { first: one, second: other, length };
    }
    buckets.set(start >>> 11, [...(buckets.get(start >>> 11) ?? []), one]);
  }
}

const p = (1n << 130n) - 5n;
const mod = (x) => ((x % p) + p) % p;
function power(x, n) {
  let out = 1n;
  for (let square = mod(x); n > 0n; n >>= 1n, square = mod(square * square)) if (n & 1n) out = mod(out * square);
  return out;
}
const inverse = (x) => power(x, p - 2n);

const free = 1; // the block that is solved for: bytes 16 to 31, data under both keys
// Poly1305's sum over all blocks but the free one, and what the free one is multiplied with.
function sums(ciphertext, { r }) {
  const padded = Buffer.concat([ciphertext, Buffer.alloc(-size & 15), bytes(0n, 8), bytes(BigInt(size), 8)]);
  const blocks = padded.length / 16;
  let rest = 0n;
  for (let i = 0; i < blocks; i += 1) {
    rest = mod((rest + (i === free ? 0n : le(padded.subarray(16 * i, 16 * i + 16)) + (1n << 128n))) * r);
  }
  return { rest, factor: inverse(power(r, BigInt(blocks - free))) };
}

function solve() {
  const { first, second, length } = pair();
  for (let filler = 0; ; filler += 1) {
    const ciphertext = Buffer.alloc(size, 0x42);
    ciphertext.writeUInt32LE((first.stream.readUInt32LE(0) ^ fullest) >>> 0, 0);
    ciphertext.writeUInt32LE(filler, 32);
    second.stream.copy(ciphertext, 4 + length, 4 + length);
    const [a, b] = [sums(ciphertext, first), sums(ciphertext, second)];
    for (let high = 0n; high < 16n; high += 1n) {
      // The tag is the sum modulo p plus s, without what is above 128 bits: a guess for each key.
      const [x, y] = [first.s - ((high & 3n) << 128n), second.s - ((high >> 2n) << 128n)];
      const tag = mod(((x + a.rest) * a.factor - (y + b.rest) * b.factor) * inverse(a.factor - b.factor));
      const block = mod((tag - x - a.rest) * a.factor) - (1n << 128n);
      const fits = (guess) => tag - guess >= 0n && tag - guess < p;
      if (tag >> 128n || block < 0n || block >> 128n || !fits(x) || !fits(y)) continue;
      bytes(block, 16).copy(ciphertext, 16 * free);
      return { id, nonce, key1: first.key, key2: second.key, tag: bytes(tag, 16), ciphertext };
    }
  }
}

console.log(JSON.stringify(Object.fromEntries(Object.entries(solve()).map(([name, value]) => [name, value.toString('hex')])),
  null, 1));
