// Half of the vault's key at the relay: agreed to, asked for at unlocking, missed when it cannot be had.
import { after, before, test } from 'node:test';
import { Host } from './support/host.mjs';
import { acquainted, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { until } from './support/wait.mjs';
import { explain, say } from './support/words.mjs';

let relay, host;
before(async () => {
  relay = await Relay.start();
  host = await Host.start(relay);
});
after(async () => {
  host.end();
  await relay.end();
});

async function openVaultSheet(person) {
  await person.toList();
  await person.button('settings').click();
  await person.button('vault').click();
}

// The sheet tells how far the relay is.
async function choose(person, key) {
  await openVaultSheet(person);
  await person.page.getByRole('radio', { name: say(key), exact: true }).click();
}

test('the relay keeps half of the key, and without the relay the messages wait', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('share', () => people, async () => {
    const { ada, bob } = await acquainted(host);
    people.push(ada, bob);
    const hostOfRelay = new URL(relay.url).host;
    await bob.write('kept');
    await ada.hears('kept');

    await choose(ada, 'old_copies_relay');
    await ada.is_told(say('old_copies_settled', hostOfRelay).slice(0, 40));
    await ada.closeSheets();
    await ada.saved();

    await ada.reload();
    await ada.comeBack();
    await ada.openConversation('Bob');
    await ada.hears('kept');

    await relay.kill();
    await ada.reload();
    await ada.unlock();
    await ada.is_told(explain('share_away'));
    await until('it waits', async () => (await ada.snapshot()).ui.screen === 'awaiting_share');
    // Giving up is asked about, and can be thought over.
    await ada.button('share_give_up').click();
    await ada.button('cancel').click();
    await relay.start();
    // It also tries by itself, and may be faster than the click.
    await ada.button('try_now').click({ timeout: 5_000 }).catch(() => {});
    await ada.phase('open');
    await ada.openConversation('Bob');
    await ada.hears('kept');

    await choose(ada, 'old_copies_alone');
    await ada.is_told(say('old_copies_off'));
    await ada.closeSheets();
    await ada.saved();
    await relay.kill();
    await ada.reload();
    await ada.comeBack();
    await ada.openConversation('Bob');
    await ada.hears('kept');
    await relay.start();
  });
});

test('a relay that has lost its half costs the messages, not the contacts', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('share-lost', () => people, async () => {
    const { ada, bob } = await acquainted(host);
    people.push(ada, bob);
    await bob.write('soon to be lost');
    await ada.hears('soon to be lost');
    await choose(ada, 'old_copies_relay');
    await ada.is_told(say('old_copies_settled', new URL(relay.url).host).slice(0, 40));
    await ada.closeSheets();
    await ada.saved();
    await relay.forgetShares();
    await ada.reload();
    await ada.unlock();
    await ada.is_told(explain('share_lost'));
    await ada.button('share_give_up').click();
    await ada.button('share_give_up_confirm').click();
    await ada.phase('open');
    await ada.openConversation('Bob');
    await ada.hearsNoMore('soon to be lost');
    await ada.write('still here');
    await bob.hears('still here');
    await bob.write('so am I');
    await ada.hears('so am I');
  });
});
