// The two clocks of a message, at the recipient and at the sender.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, acquainted, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { Terminal } from './support/terminal.mjs';
import { holds } from './support/wait.mjs';
import { say } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

test('a message burns after it was read, on both sides, and the others stay', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('burn', () => people, async () => {
    const { ada, bob } = await acquainted(relay);
    people.push(ada, bob);
    await ada.write('this one stays');
    await ada.setClocks({ burns: '5 seconds', next: true });
    await ada.write('this one burns');
    await bob.hears('this one burns');
    await bob.hearsNoMore('this one burns');
    await ada.hearsNoMore('this one burns');
    await bob.hears('this one stays');
    await ada.hears('this one stays');

    // It was for one message: the next one does not burn.
    await ada.write('back to normal');
    await bob.hears('back to normal');
    await holds('back to normal stays', async () => (await bob.messages()).some((m) => m.includes('back to normal')), {
      during: 7000,
    });

    // Gone also from the disk's point of view.
    await bob.saved();
    await bob.reload();
    await bob.comeBack();
    await bob.openConversation('Ada');
    await bob.hears('back to normal');
    assert.ok((await bob.messages()).every((message) => !message.includes('this one burns')));
  });
});

test('the clocks of a conversation hold for every message of it', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('clocks', () => people, async () => {
    const { ada, bob } = await acquainted(relay);
    people.push(ada, bob);
    await bob.setClocks({ expires: '1 hour', burns: '30 seconds' });
    await bob.write('short lived');
    await ada.hears('short lived', say('burns_in', '').trim());
    await bob.reload();
    await bob.comeBack();
    await bob.openConversation('Ada');
    const group = bob.page.getByRole('group', { name: say('clocks'), exact: true });
    assert.ok((await group.getByRole('button').first().getAttribute('aria-label')).includes('1 h'));
  });
});

test('what expires while nobody looks is gone at the next start and leaves a mark', { timeout: 300_000 }, async () => {
  const people = [];
  const ada = new Terminal(relay, 'Ada');
  try {
    await withPeople('expiry', () => people, async () => {
      const bob = await Person.start(relay, 'Bob');
      people.push(bob);
      await ada.create();
      const link = (await ada.must('invite')).out;
      await bob.setUp(link);
      await bob.introduce('It is Bob');
      await ada.approveOnly();
      await bob.openConversation('Ada');
      await ada.must('send', 'Bob', 'until tomorrow');
      await bob.hears('until tomorrow');

      // One arrives and is not looked at, the other comes when Bob is not there at all.
      await bob.toList();
      await bob.reload();
      await ada.must('send', 'Bob', 'a minute to live', '--expires', '1m');
      const sent = Date.now();
      await bob.leave();
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, 61_000 - (Date.now() - sent))));
      await bob.open();
      await bob.comeBack();
      await bob.openConversation('Ada');
      await bob.hears(say('expired_unread'));
      await bob.hears('until tomorrow');
      assert.ok((await bob.messages()).every((message) => !message.includes('a minute to live')));
      const shown = await ada.must('show', 'Bob', '--json');
      assert.ok(shown.lines.every((message) => message.text !== 'a minute to live'), 'gone at the sender too');
    });
  } finally {
    ada.end();
  }
});
