// Passphrase, recovery code, session only, a second tab.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, passphrase, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { setVersion } from './support/vault_file.mjs';
import { until } from './support/wait.mjs';
import { explain, say } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

function alone(name, run, options = {}) {
  test(name, { timeout: 240_000 }, async () => {
    const people = [];
    await withPeople(name.replaceAll(' ', '-'), () => people, async () => {
      const ada = await Person.start(relay, 'Ada', options);
      people.push(ada);
      await run(ada);
    });
  });
}

alone('a wrong passphrase says so and costs nothing', async (ada) => {
  await ada.setUp();
  await ada.invite();
  await ada.reload();
  await ada.unlock('not the passphrase');
  await ada.is_told(explain('wrong_passphrase'));
  assert.equal((await ada.snapshot()).phase, 'locked');
  await ada.comeBack();
  assert.equal((await ada.snapshot()).invitations, 1);
});

alone('the recovery code opens the vault, however it is typed', async (ada) => {
  await ada.open();
  const code = await ada.createVault();
  await ada.sayName();
  await ada.reload();
  await ada.unlock(code.toLowerCase().replaceAll('-', ' '));
  await ada.phase('open');
});

alone('the recovery code must be typed back before anything else', async (ada) => {
  await ada.open();
  await ada.field('choose_passphrase').fill(passphrase);
  await ada.button('go_on').click();
  await ada.phase('recovery');
  await ada.button('recovery_written').click();
  await ada.field('recovery_field').fill('not the code');
  await ada.button('recovery_confirm').click();
  await ada.is_told(explain('recovery_code_wrong'));
  assert.equal((await ada.snapshot()).phase, 'recovery');
});

alone('a passphrase that is too short goes no further', async (ada) => {
  await ada.open();
  await ada.field('choose_passphrase').fill('short');
  await ada.button('go_on').click();
  await ada.is_told(say('strength_short'));
  assert.equal((await ada.snapshot()).phase, 'welcome');
});

alone('this session only keeps nothing', async (ada) => {
  await ada.open();
  await ada.button('session_only').click();
  await ada.phase('open');
  assert.equal((await ada.snapshot()).ephemeral, true);
  await ada.sayName();
  await ada.invite();
  await ada.open();
  assert.equal((await ada.snapshot()).phase, 'welcome');
});

alone('a second tab is told that Tacet is open elsewhere', async (ada) => {
  await ada.setUp();
  const second = await ada.context.newPage();
  await second.goto(relay.url);
  await second.getByText(explain('open_elsewhere')).first().waitFor();
  await until('the first goes on', async () => (await ada.snapshot()).phase === 'open');
});

alone('a vault of a newer version is left alone and said to be one', async (ada) => {
  await ada.setUp();
  await ada.saved();
  await ada.page.goto(`${relay.url}style.css`);
  await setVersion(ada.page, 2);
  await ada.open();
  await ada.is_told(explain('vault_newer'));
  assert.equal((await ada.snapshot()).phase, 'unusable');

  // Untouched: the program that can read it still can.
  await ada.page.goto(`${relay.url}style.css`);
  await setVersion(ada.page, 1);
  await ada.open();
  await ada.comeBack();
});

alone('a vault that the browser has thrown away is missed, and one that was erased is not', async (ada) => {
  await ada.setUp();
  await ada.saved();
  await ada.page.goto('about:blank');
  const session = await ada.context.newCDPSession(ada.page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(relay.url).origin, storageTypes: 'indexeddb' });
  await ada.open();
  await ada.phase('welcome');
  await ada.is_told(explain('vault_evicted'));
  await ada.createVault();
  await ada.sayName();
  await ada.reload();
  await ada.button('start_over').click();
  await ada.button('erase').click();
  await ada.phase('welcome');
  await ada.saved();
  await ada.open();
  await ada.phase('welcome');
  assert.equal(await ada.page.getByText(explain('vault_evicted')).count(), 0);
});
