// What a locked Tacet still knows: the memory of the program, the mirror and the textures are searched for what was said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquainted, passphrase, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { until } from './support/wait.mjs';
import { say } from './support/words.mjs';

// Remembers the memory of every WebAssembly program that starts in the page, and where a text lies in it.
const watch = () => {
  window.memories = [];
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const start = WebAssembly[name].bind(WebAssembly);
    WebAssembly[name] = async (...all) => {
      const started = await start(...all);
      const { exports } = started.instance ?? started;
      for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) window.memories.push(value);
      return started;
    };
  }
  window.findInMemory = (text) => {
    const forms = [1, 2, 4].map((width) => {  // as UTF-8 and, where a library keeps wide characters, UTF-16 and UTF-32
      const bytes = new Uint8Array(text.length * width);
      for (let i = 0; i < text.length; ++i) bytes[i * width] = text.charCodeAt(i);
      return bytes;
    });
    let found = 0;
    for (const memory of window.memories) {
      const all = new Uint8Array(memory.buffer);
      for (const form of forms) {
        for (let at = all.indexOf(form[0]); at >= 0; at = all.indexOf(form[0], at + 1)) {
          if (form.every((byte, i) => all[at + i] === byte)) ++found;
        }
      }
    }
    return found;
  };
};

const inMemory = (person, text) => person.page.evaluate((wanted) => window.findInMemory(wanted), text);
const inPage = (person, text) => person.page.evaluate((wanted) => {
  const fields = [...document.querySelectorAll('input, textarea')].map((field) => field.value);
  return document.documentElement.outerHTML.includes(wanted) || fields.some((value) => value.includes(wanted));
}, text);

test('after locking nothing that was said is left in memory, in the mirror or in a texture', { timeout: 300_000 }, async () => {
  const relay = await Relay.start();
  const people = [];
  try {
    await withPeople('wipe', () => people, async () => {
      const { ada, bob } = await acquainted(relay, { adaBefore: watch });
      people.push(ada, bob);
      const sent = 'quilted-sextant-4711', heard = 'marbled-lantern-0815', draft = 'feathered-anvil-2342';
      await ada.write(sent);
      await bob.hears(sent);
      await bob.write(heard);
      await ada.hears(heard);
      await ada.page.getByRole('form').locator('textarea').fill(draft);
      for (const text of [sent, heard, draft]) assert.ok(await inMemory(ada, text), `${text} is not found where it must be`);
      assert.ok(await inPage(ada, heard));
      assert.ok((await ada.snapshot()).textureBytes > 0);

      await ada.toList();
      await ada.button('settings').first().click();
      await ada.button('lock_now').click();
      await ada.phase('locked');
      await until('the locked screen is drawn', async () => !(await ada.snapshot()).drawing);
      for (const text of [sent, heard, draft, passphrase]) {
        assert.equal(await inMemory(ada, text), 0, `${text} is still in the memory of the program`);
        assert.equal(await inPage(ada, text), false, `${text} is still in the page`);
      }
      assert.equal((await ada.snapshot()).textureBytes, 0);
      await ada.unlock();
      await ada.phase('open');
      await ada.openConversation('Bob');
      await ada.hears(heard);
      await ada.hears(sent, say('delivery_read'));
    });
  } finally {
    await relay.end();
  }
});
