// Nothing acknowledged is lost and nothing comes twice, whoever is away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from './support/host.mjs';
import { acquainted, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { say } from './support/words.mjs';

const times = (messages, text) => messages.filter((message) => message.includes(text)).length;

// A relay and two people of their own for each test. The page comes from another host, so that it can be loaded while
// the relay is down.
function meeting(name, run) {
  test(name, { timeout: 300_000 }, async () => {
    const relay = await Relay.start();
    const host = await Host.start(relay);
    const people = [];
    try {
      await withPeople(name.replaceAll(' ', '-'), () => people, async () => {
        const { ada, bob } = await acquainted(host);
        people.push(ada, bob);
        await run({ relay, ada, bob });
      });
    } finally {
      host.end();
      await relay.end();
    }
  });
}

meeting('what was written while the other was away is there when they come back', async ({ ada, bob }) => {
  await bob.saved();
  await bob.leave();
  for (const text of ['first', 'second', 'third']) await ada.write(text);
  await ada.hears('third', say('delivery_sent'));
  await bob.open();
  await bob.comeBack();
  await bob.openConversation('Ada');
  await bob.hears('third');
  const heard = (await bob.messages()).join('\n');
  assert.ok(heard.indexOf('first') < heard.indexOf('second') && heard.indexOf('second') < heard.indexOf('third'));
  for (const text of ['first', 'second', 'third']) assert.equal(times(await bob.messages(), text), 1, text);
  await ada.hears('third', say('delivery_read'));
});

meeting('a message waits while the relay is down and arrives once', async ({ relay, ada, bob }) => {
  await relay.kill();
  await ada.write('written in the dark');
  await ada.hears('written in the dark', say('delivery_waiting'));
  await ada.page.getByRole('status').filter({ hasText: say('waiting_for_relay') }).waitFor();
  await relay.start();
  await bob.hears('written in the dark');
  await ada.hears('written in the dark', say('delivery_read'));
  assert.equal(times(await bob.messages(), 'written in the dark'), 1);
});

meeting('after a reload everything is there, also what was not sent yet', async ({ relay, ada, bob }) => {
  await ada.write('before the reload');
  await ada.hears('before the reload', say('delivery_read'));
  await relay.kill();
  await ada.write('not sent yet');
  await ada.hears('not sent yet', say('delivery_waiting'));
  await ada.reload();
  await ada.comeBack();
  await ada.openConversation('Bob');
  await ada.hears('before the reload', say('delivery_read'));
  await ada.hears('not sent yet', say('delivery_waiting'));
  await relay.start();
  await bob.hears('not sent yet');
  assert.equal(times(await bob.messages(), 'not sent yet'), 1);
});
