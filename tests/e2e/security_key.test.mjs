// A security key beside the passphrase, as Chromium's virtual authenticator has one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { passphrase, Person, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { until } from './support/wait.mjs';
import { explain, say } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

// A browser asks for keys at names only, never at addresses.
const place = () => ({ url: relay.url.replace('127.0.0.1', 'localhost') });

// Plugged into this page, across its reloads.
class Key {
  static async plugInto(person, { prf = true } = {}) {
    const key = new Key();
    key.devtools = await person.context.newCDPSession(person.page);
    await key.devtools.send('WebAuthn.enable');
    const { authenticatorId } = await key.devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'usb', hasUserVerification: true, isUserVerified: true,
        hasPrf: prf, automaticPresenceSimulation: true,
      },
    });
    key.id = authenticatorId;
    return key;
  }
  async credentials() {
    return (await this.devtools.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
  }
  async forgetEverything() {
    await this.devtools.send('WebAuthn.clearCredentials', { authenticatorId: this.id });
  }
}

async function openTask(person, key) {
  await person.toList();
  await person.button('settings').click();
  await person.button('vault').click();
  await person.button(key).click();
}

function alone(name, run) {
  test(name, { timeout: 300_000 }, async () => {
    const people = [];
    await withPeople(name.replaceAll(' ', '-'), () => people, async () => {
      const ada = await Person.start(place(), 'Ada');
      people.push(ada);
      await ada.setUp();
      await run(ada);
    });
  });
}

alone('a touch opens the vault, until the key is taken away', async (ada) => {
  const key = await Key.plugInto(ada);
  await openTask(ada, 'key_set');
  await ada.field('unlock_field').fill('not the passphrase');
  await ada.button('key_set_go').click();
  await ada.is_told(explain('wrong_passphrase'));
  await ada.field('unlock_field').fill(passphrase);
  await ada.button('key_set_go').click();
  await ada.is_told(say('key_set_done'));
  await ada.button('done').click();
  await ada.saved();

  await ada.reload();
  await ada.phase('locked');
  await ada.button('unlock_with_key').click();
  await ada.phase('open');
  await ada.reload();
  await ada.comeBack();  // the passphrase too

  await openTask(ada, 'key_remove');
  await ada.field('unlock_field').fill(passphrase);
  await ada.button('key_remove_go').click();
  await ada.is_told(say('key_remove_done'));
  await ada.button('done').click();
  await ada.button('key_set').waitFor();
  await ada.reload();
  await ada.phase('locked');
  assert.equal(await ada.button('unlock_with_key').count(), 0);
  assert.ok((await key.credentials()).length >= 1);  // it was a real one
});

alone('a key that has forgotten its credential opens nothing and says so; the passphrase does', async (ada) => {
  const key = await Key.plugInto(ada);
  await openTask(ada, 'key_set');
  await ada.field('unlock_field').fill(passphrase);
  await ada.button('key_set_go').click();
  await ada.is_told(say('key_set_done'));
  await ada.saved();
  await key.forgetEverything();
  await ada.reload();
  await ada.phase('locked');
  await ada.button('unlock_with_key').click();
  await ada.is_told(explain('security_key_refused'));
  await ada.comeBack();
});

alone('a key without PRF is not taken', async (ada) => {
  await Key.plugInto(ada, { prf: false });
  await openTask(ada, 'key_set');
  await ada.field('unlock_field').fill(passphrase);
  await ada.button('key_set_go').click();
  await ada.is_told(explain('security_key_unfit'));
  await ada.reload();
  await ada.phase('locked');
  assert.equal(await ada.button('unlock_with_key').count(), 0);
});

test('at a numeric address no key is offered', { timeout: 120_000 }, async () => {
  const people = [];
  await withPeople('numeric', () => people, async () => {
    const ada = await Person.start(relay, 'Ada');
    people.push(ada);
    await ada.setUp();
    await ada.toList();
    await ada.button('settings').click();
    await ada.button('vault').click();
    await ada.button('new_passphrase').waitFor();
    await until('the sheet is whole', async () => (await ada.button('new_code').count()) === 1);
    assert.equal(await ada.button('key_set').count(), 0);
  });
});
