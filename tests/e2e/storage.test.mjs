// What IDBFS gets wrong, done to it on purpose: src/browser/library/storage.js must tell the truth every time.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { until } from './support/wait.mjs';

const folder = fileURLToPath(new URL('../../build/wasm/tests/browser/', import.meta.url));
const OK = 0, NO_SPACE = 1, FAILED = 2;
const READY = 0, ELSEWHERE = 2;

let server, browser, context, url;
before(async () => {
  server = createServer((request, response) => {
    if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>storage</title><script src="storage_page.js"></script>');
      return;
    }
    response.setHeader('Content-Type', request.url.endsWith('.wasm') ? 'application/wasm' : 'text/javascript');
    response.end(/^\/storage_page\.(js|wasm)$/.test(request.url) ? readFileSync(folder + request.url) : '');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${server.address().port}/`;
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});
after(async () => {
  await browser.close();
  server.close();
});
beforeEach(async () => (context = await browser.newContext()));
afterEach(async () => context.close());

// A page whose storage has answered with `state`.
async function opened(state = READY, script) {
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  await page.goto(url);
  await page.evaluate(async () => {
    window.program = await StoragePage({ answers: [] });
    program._open_storage();
  });
  await until('the storage answers', () => page.evaluate(() => program.answers.length > 0));
  assert.deepEqual(await page.evaluate(() => program.answers.shift()), { what: 'storage', ticket: 0, outcome: state });
  return page;
}
const write = (page, files) => page.evaluate((all) => {
  for (const [name, text] of Object.entries(all)) program.FS.writeFile(`/test/${name}`, text);
}, files);
const answer = async (page) => {
  await until('an answer', () => page.evaluate(() => program.answers.length > 0), { every: 20 });
  return page.evaluate(() => program.answers.shift());
};
const sync = async (page, ticket = 1) => {
  await page.evaluate((number) => program._sync_storage(number), ticket);
  const { what, outcome } = await answer(page);
  assert.equal(what, 'synced');
  return outcome;
};
// What a fresh page finds on the disk.
async function kept(state = READY) {
  const page = await opened(state);
  const files = await page.evaluate(() => Object.fromEntries(program.FS.readdir('/test')
    .filter((name) => !name.startsWith('.'))
    .map((name) => [name, program.FS.readFile(`/test/${name}`, { encoding: 'utf8' })])));
  await page.close();
  return files;
}

test('what was synced is there for the next page, and the lease is no file', async () => {
  const page = await opened();
  await write(page, { log: 'one', manifest: 'two' });
  assert.equal(await page.evaluate(() => program._is_dirty()), 1);
  assert.equal(await sync(page), OK);
  assert.equal(await page.evaluate(() => program._is_dirty()), 0);
  await page.evaluate(() => program.FS.unlink('/test/manifest'));
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { log: 'one' });
});

test('one refused write undoes the whole sync, is told, and the next sync mends it', async () => {
  const page = await opened();
  await write(page, { a: 'old', b: 'old' });
  assert.equal(await sync(page), OK);
  await write(page, { a: 'new', b: 'new' });
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      if (key !== '/test/b') return put.call(this, value, key);
      IDBObjectStore.prototype.put = put;
      return this.add(value, key);  // refused: it is there already
    };
  });
  assert.equal(await sync(page), FAILED);
  await page.evaluate(() => program.FS.writeFile('/test/c', 'later'));
  const disk = await page.evaluate(() => new Promise((resolve) => {
    indexedDB.open('/test').onsuccess = ({ target: { result: db } }) => {
      const store = db.transaction('FILE_DATA').objectStore('FILE_DATA');
      store.get('/test/a').onsuccess = (event) => {
        db.close();
        resolve(new TextDecoder().decode(event.target.result.contents));
      };
    };
  }));
  assert.equal(disk, 'old');
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { a: 'new', b: 'new', c: 'later' });
});

test('a full disk answers, and says that it is full', async () => {
  const page = await opened();
  await write(page, { a: 'x' });
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      IDBObjectStore.prototype.put = put;
      const request = put.call(this, value, key);
      Object.defineProperty(this.transaction, 'error', { value: new DOMException('', 'QuotaExceededError') });
      this.transaction.abort();
      return request;
    };
  });
  assert.equal(await sync(page), NO_SPACE);
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { a: 'x' });
});

const append = (page, name, text) => page.evaluate(([file, more]) => {
  const stream = program.FS.open(`/test/${file}`, 'a');
  const bytes = new TextEncoder().encode(more);
  program.FS.write(stream, bytes, 0, bytes.length);
  program.FS.close(stream);
}, [name, text]);
// The keys under which anything of a file lies on the disk.
const keys = (page, name) => page.evaluate((path) => new Promise((resolve) => {
  indexedDB.open('/test').onsuccess = ({ target: { result: db } }) => {
    db.transaction('FILE_DATA').objectStore('FILE_DATA').getAllKeys().onsuccess = (event) => {
      db.close();
      resolve(event.target.result.filter((key) => key === path || key[0] === path));
    };
  };
}), `/test/${name}`);

test('what is appended is written without the rest, and is there with it', async () => {
  const page = await opened();
  await write(page, { log: 'one' });
  assert.equal(await sync(page), OK);
  await page.evaluate(() => {
    window.written = 0;
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      window.written += (value.contents ?? value).length;
      return put.call(this, value, key);
    };
  });
  for (const more of [' two', ' three']) {
    await append(page, 'log', more);
    assert.equal(await sync(page), OK);
  }
  assert.equal(await page.evaluate(() => window.written), 10);
  await page.close();
  assert.deepEqual(await kept(), { log: 'one two three' });

  const again = await opened();
  await append(again, 'log', ' four');
  assert.equal(await sync(again), OK);
  assert.equal((await keys(again, 'log')).length, 4);
  await again.close();
  assert.deepEqual(await kept(), { log: 'one two three four' });
});

test('a file that was appended to and then cut, overwritten, replaced or removed leaves nothing of before', async () => {
  const page = await opened();
  const names = ['cut', 'over', 'replaced', 'removed'];
  await write(page, Object.fromEntries(names.map((name) => [name, 'old'])));
  assert.equal(await sync(page), OK);
  for (const name of names) await append(page, name, 'er');
  assert.equal(await sync(page), OK);
  await page.evaluate(() => {
    program.FS.truncate('/test/cut', 4);
    program.FS.writeFile('/test/over', 'new');
    program.FS.writeFile('/test/replaced.new', 'other');
    program.FS.rename('/test/replaced.new', '/test/replaced');
    program.FS.unlink('/test/removed');
  });
  assert.equal(await sync(page), OK);
  for (const name of names.slice(0, 3)) assert.equal((await keys(page, name)).length, 1);
  assert.deepEqual(await keys(page, 'removed'), []);
  await page.close();
  assert.deepEqual(await kept(), { cut: 'olde', over: 'new', replaced: 'other' });
});

test('what could not be appended comes with the next sync, once', async () => {
  const page = await opened();
  await write(page, { log: 'one' });
  assert.equal(await sync(page), OK);
  await append(page, 'log', ' two');
  await page.evaluate(() => {
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      IDBObjectStore.prototype.put = put;
      const request = put.call(this, value, key);
      this.transaction.abort();
      return request;
    };
  });
  assert.equal(await sync(page), FAILED);
  await append(page, 'log', ' three');
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { log: 'one two three' });
});

test('two writes in one millisecond are both saved', async () => {
  const page = await opened(READY, () => (Date.now = () => 1_800_000_000_000));
  await write(page, { a: 'first' });
  assert.equal(await sync(page), OK);
  await write(page, { a: 'other' });
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { a: 'other' });
});

test('a file that is replaced or removed while a sync lists it spoils nothing', async () => {
  const page = await opened();
  await write(page, { a: 'a', b: 'b' });
  await page.evaluate(() => {
    program._sync_storage(1);
    program.FS.unlink('/test/a');
    program.FS.writeFile('/test/b.new', 'B');
    program.FS.rename('/test/b.new', '/test/b');
  });
  assert.equal((await answer(page)).outcome, FAILED);
  assert.equal(await sync(page), OK);
  await page.close();
  assert.deepEqual(await kept(), { b: 'B' });
});

test('syncs asked for at once are answered one after the other', async () => {
  const page = await opened();
  await page.evaluate(() => {
    for (const ticket of [7, 8, 9]) {
      program.FS.writeFile(`/test/${ticket}`, 'x');
      program._sync_storage(ticket);
    }
  });
  for (const ticket of [7, 8, 9]) assert.deepEqual(await answer(page), { what: 'synced', ticket, outcome: OK });
  await page.close();
  assert.deepEqual(Object.keys(await kept()), ['7', '8', '9']);
});

const without = () => Object.defineProperty(navigator, 'locks', { value: undefined });
for (const [what, script] of [['with Web Locks', undefined], ['without Web Locks', without]]) {
  test(`a second page waits, takes over, and the first can write no more, ${what}`, async () => {
    const first = await opened(READY, script);
    await write(first, { mine: 'first' });
    assert.equal(await sync(first), OK);

    const second = await opened(ELSEWHERE, script);
    await second.evaluate(() => program._take_over());
    assert.deepEqual(await answer(second), { what: 'storage', ticket: 0, outcome: READY });
    assert.equal(await second.evaluate(() => program.FS.readFile('/test/mine', { encoding: 'utf8' })), 'first');
    assert.equal((await answer(first)).what, 'taken');

    await write(first, { mine: 'too late' });
    assert.equal(await sync(first), FAILED);
    await write(second, { yours: 'second' });
    assert.equal(await sync(second), OK);
    await first.close();
    await second.close();
    assert.deepEqual(await kept(), { mine: 'first', yours: 'second' });
  });
}

test('a page that never heard of the other is stopped by the lease alone', async () => {
  const deaf = () => {
    Object.defineProperty(navigator, 'locks', { value: undefined });
    delete window.BroadcastChannel;
  };
  const first = await opened(READY, deaf);
  await write(first, { a: 'first' });
  assert.equal(await sync(first), OK);
  const second = await opened(READY, deaf);
  await write(second, { b: 'second' });
  assert.equal(await sync(second), OK);
  await write(first, { a: 'too late' });
  await first.evaluate(() => program._sync_storage(1));
  assert.deepEqual([await answer(first), await answer(first)].map(({ what }) => what), ['taken', 'synced']);
  await first.close();
  await second.close();
  assert.deepEqual(await kept(), { a: 'first', b: 'second' });
});
