// Our libsodium, native and as WebAssembly, against npm's build of the same release: every line that
// sodium_witness prints is computed again and must be the same, byte for byte.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;

const build = fileURLToPath(new URL('../../build/', import.meta.url));
// Into a file: a program that ends loses what a pipe has not taken yet.
const witness = (command, args) => {
  const folder = mkdtempSync(join(tmpdir(), 'tacet-witness-'));
  try {
    const out = openSync(join(folder, 'out'), 'w');
    const { status, stderr } = spawnSync(command, args, { stdio: ['ignore', out, 'pipe'], encoding: 'utf8' });
    closeSync(out);
    assert.equal(status, 0, `${[command, ...args].join(' ')} failed: ${stderr}`);
    return readFileSync(join(folder, 'out'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
const native = witness(build + 'asan/tests/peers/sodium_witness', []);
const wasm = witness(process.execPath, [build + 'wasm/tests/peers/sodium_witness.js']);

const hmac = (key, message) => {
  const state = sodium.crypto_auth_hmacsha512_init(key);
  sodium.crypto_auth_hmacsha512_update(state, message);
  return sodium.crypto_auth_hmacsha512_final(state);
};

// RFC 5869, because npm's wrapper does not export libsodium's own.
const hkdf = (salt, key, info, length) => {
  const extracted = hmac(salt, key);
  const out = Buffer.alloc(Math.ceil(length / 64) * 64);
  let block = Buffer.alloc(0);
  for (let i = 0; i * 64 < length; ++i) {
    block = Buffer.from(hmac(extracted, Buffer.concat([block, info, Buffer.from([i + 1])])));
    block.copy(out, i * 64);
  }
  return out.subarray(0, length);
};

// Each takes the inputs and the lengths of our outputs; null or an exception: it refuses.
const again = {
  'blake2b-256': ([m]) => [sodium.crypto_generichash(32, m)],
  'blake2b-256-keyed': ([k, m]) => [sodium.crypto_generichash(32, m, k)],
  'blake2b-512': ([m]) => [sodium.crypto_generichash(64, m)],
  'sha-256': ([m]) => [sodium.crypto_hash_sha256(m)],
  'sha-512': ([m]) => [sodium.crypto_hash_sha512(m)],
  'hmac-sha-512': ([k, m]) => [hmac(k, m)],
  'hkdf-sha-512': ([s, k, i], [length]) => [hkdf(s, k, i, length)],
  // The wrapper cannot squeeze nothing.
  shake256: ([m], [length]) => [length ? sodium.crypto_xof_shake256(length, m) : Buffer.alloc(0)],
  'x25519-base': ([s]) => [sodium.crypto_scalarmult_base(s)],
  x25519: ([s, p]) => [sodium.crypto_scalarmult(s, p)],
  'ed25519-sign': ([seed, m]) => {
    const pair = sodium.crypto_sign_seed_keypair(seed);
    return [pair.publicKey, sodium.crypto_sign_detached(m, pair.privateKey)];
  },
  'ed25519-verify': ([k, m, s]) => (sodium.crypto_sign_verify_detached(s, m, k) ? [] : null),
  'xchacha20poly1305-seal': ([k, n, m, ad]) => {
    const made = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt_detached(m, ad, null, n, k);
    return [made.ciphertext, made.mac];
  },
  'xchacha20poly1305-open': ([k, n, c, ad, tag]) => [
    sodium.crypto_aead_xchacha20poly1305_ietf_decrypt_detached(null, c, tag, ad, n, k),
  ],
  'mlkem768-key': ([seed]) => [sodium.crypto_kem_mlkem768_seed_keypair(seed).publicKey],
  'mlkem768-enc': ([k, seed]) => {
    const made = sodium.crypto_kem_mlkem768_enc_deterministic(k, seed);
    return [made.ciphertext, made.sharedSecret];
  },
  'mlkem768-dec': ([seed, c]) => [
    sodium.crypto_kem_mlkem768_dec(c, sodium.crypto_kem_mlkem768_seed_keypair(seed).privateKey),
  ],
  'xwing-key': ([seed]) => [sodium.crypto_kem_xwing_seed_keypair(seed).publicKey],
  'xwing-enc': ([k, seed]) => {
    const made = sodium.crypto_kem_xwing_enc_deterministic(k, seed);
    return [made.ciphertext, made.sharedSecret];
  },
  'xwing-dec': ([seed, c]) => [
    sodium.crypto_kem_xwing_dec(c, sodium.crypto_kem_xwing_seed_keypair(seed).privateKey),
  ],
  argon2id: ([passphrase, salt], _lengths, [, , opslimit, memlimit]) => [
    sodium.crypto_pwhash(
      32, passphrase, salt, Number(opslimit), Number(memlimit), sodium.crypto_pwhash_ALG_ARGON2ID13),
  ],
};

test('the witness is the same release of libsodium', () => {
  assert.equal(sodium.SODIUM_VERSION_STRING, '1.0.22');
});

test('native and WebAssembly say the same', () => {
  assert.ok(native.length > 500);
  assert.ok(isDeepStrictEqual(wasm, native), 'they differ');
});

for (const [primitive, compute] of Object.entries(again)) {
  test(`${primitive} is what npm's libsodium computes`, () => {
    const cases = native.filter((line) => line.primitive === primitive);
    assert.ok(cases.length >= 12, 'too few cases');
    for (const { in: inputs, out } of cases) {
      const bytes = inputs.map((hex) => Buffer.from(hex, 'hex'));
      let theirs;
      try {
        theirs = compute(bytes, (out ?? []).map((hex) => hex.length / 2), inputs);
      } catch (refusal) {
        assert.doesNotMatch(String(refusal), /TypeError|is not a function/);
        theirs = null;
      }
      theirs = theirs && theirs.map((each) => Buffer.from(each).toString('hex'));
      assert.ok(isDeepStrictEqual(theirs, out), `in: ${inputs.join(' ').slice(0, 400)}`);
    }
  });
}

test('every primitive that our witness prints is compared', () => {
  assert.deepEqual([...new Set(native.map((line) => line.primitive))].sort(), Object.keys(again).sort());
});
