// The relay as a program: what it says when it cannot.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Relay, bundle, program } from './support/relay.mjs';

test('a port that is taken is said and ends the relay', { timeout: 60_000 }, async () => {
  const relay = await Relay.start();
  try {
    const second = spawnSync(program, ['--port', String(relay.port), '--data', `${relay.folder}/other`, '--web', bundle], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    assert.equal(second.status, 3, second.stderr);
    assert.match(second.stderr, new RegExp(String(relay.port)));
    assert.equal(second.stdout, '');
  } finally {
    await relay.end();
  }
});

test('the relay serves the whole bundle and nothing beside it', { timeout: 60_000 }, async () => {
  const relay = await Relay.start();
  try {
    for (const name of ['', 'index.html', 'app.js', 'app.wasm', 'stretch.wasm', 'load.js', 'style.css']) {
      const answer = await fetch(relay.url + name);
      assert.equal(answer.status, 200, name);
      assert.ok((await answer.arrayBuffer()).byteLength > 100, name);
    }
    for (const name of ['nothing', '..%2f..%2fsrc%2fapp.wasm', '.hidden']) {
      assert.equal((await fetch(relay.url + name)).status, 404, name);
    }
    assert.equal((await fetch(`${relay.url}healthz`)).status, 200);
  } finally {
    await relay.end();
  }
});
