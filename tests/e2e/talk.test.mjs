// The main job: two people meet through a link and talk, on a large screen and on a phone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, acquainted, desktop, phone, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { until } from './support/wait.mjs';
import { say } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

for (const [where, adaSize, bobSize] of [['desktop', desktop, phone], ['phone', phone, desktop]]) {
  test(`two people meet and talk, the inviter on a ${where}`, { timeout: 300_000 }, async () => {
    const people = [];
    await withPeople(`talk-${where}`, () => people, async () => {
      const ada = await Person.start(relay, 'Ada', { size: adaSize });
      const bob = await Person.start(relay, 'Bob', { size: bobSize });
      people.push(ada, bob);

      await ada.open();
      await ada.page.getByRole('heading', { name: say('welcome_title') }).waitFor();
      await ada.createVault();
      await ada.sayName();
      const link = await ada.invite({ label: 'for Bob' });
      assert.ok(link.startsWith(`${relay.url}#`), link);

      await bob.setUp(link);
      assert.equal(await bob.page.evaluate(() => location.hash), '', 'the secret leaves the address bar');
      await bob.is_told('for Bob');
      await bob.introduce('It is Bob, from the library');

      // Until she accepts, it is a request and she cannot write.
      await ada.openRequest();
      await ada.hears('It is Bob, from the library');
      await ada.page.getByRole('heading', { name: say('request_title') }).waitFor();
      assert.equal(await ada.page.getByRole('form').count(), 0);
      await ada.button('accept').click();

      await ada.write('Hello Bob');
      await bob.openConversation('Ada');
      await bob.hears('Hello Bob');
      await bob.write('Grüße, 你好, שלום 👩‍👩‍👧');
      await ada.hears('Grüße, 你好, שלום 👩‍👩‍👧');

      // Both have it on the screen, so both are told that it was read.
      await ada.hears('Hello Bob', say('delivery_read'));
      await bob.hears('Grüße', say('delivery_read'));
      assert.equal((await ada.snapshot()).conversations, 1);
      assert.equal((await bob.snapshot()).conversations, 1);

      // Read needs eyes: while Bob looks at something else it is only delivered.
      await bob.leave();
      await bob.open();
      await ada.write('Are you there?');
      await ada.hears('Are you there?', say('delivery_sent'));
      await bob.comeBack();
      await ada.hears('Are you there?', say('delivery_delivered'));
      await bob.openConversation('Ada');
      await ada.hears('Are you there?', say('delivery_read'));
    });
  });
}

test('the message list is the same to a screen reader in the order it was written', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('order', () => people, async () => {
    const { ada, bob } = await acquainted(relay);
    people.push(ada, bob);
    const lines = Array.from({ length: 12 }, (_, i) => `line ${String(i).padStart(2, '0')}`);
    for (const line of lines) await ada.write(line);
    await bob.hears('line 11');
    const heard = await until('all twelve', async () => {
      const found = (await bob.messages()).join('\n').match(/line \d\d/g) ?? [];
      return found.length >= 8 && found;
    });
    assert.deepEqual(heard, lines.slice(lines.length - heard.length), 'in order, each once');
  });
});
