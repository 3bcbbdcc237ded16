// What is done to a vault with its passphrase, and a backup that goes into a fresh browser.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { acquainted, passphrase, Person, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { explain, say } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

function meeting(name, run) {
  test(name, { timeout: 400_000 }, async () => {
    const people = [];
    await withPeople(name.replaceAll(' ', '-'), () => people, async () => run(people));
  });
}

async function openTask(person, key) {
  await person.toList();
  await person.button('settings').click();
  await person.button('vault').click();
  await person.button(key).click();
}

// The file, as the browser downloaded it.
async function backUp(person, { words = passphrase, contents = 'backup_with' } = {}) {
  await openTask(person, 'backup');
  await person.page.getByRole('radio', { name: say(contents), exact: true }).click();
  await person.field('unlock_field').fill(words);
  const downloading = person.page.waitForEvent('download');
  await person.button('backup_save').click();
  const file = await readFile(await (await downloading).path());
  await person.is_told(say('backup_done'));
  await person.button('done').click();
  await person.closeSheets();
  return file;
}

async function pick(person, buffer) {
  const choosing = person.page.waitForEvent('filechooser');
  await person.button('restore').click();
  await (await choosing).setFiles({ name: 'old.tacet', mimeType: 'application/octet-stream', buffer });
  await person.field('unlock_field').waitFor();
}

async function restore(person, buffer, words = passphrase) {
  await pick(person, buffer);
  await person.field('unlock_field').fill(words);
  await person.button('restore_go').click();
}

async function confirmCode(person) {
  const code = await person.described('recovery_field').textContent();
  await person.button('recovery_written').click();
  await person.field('recovery_field').fill(code);
  await person.button('recovery_confirm').click();
  return code;
}

meeting('a backup brings a person back in a fresh browser, and both talk on', async (people) => {
  const { ada, bob } = await acquainted(relay);
  people.push(ada, bob);
  await bob.write('in the backup');
  await ada.hears('in the backup');
  const file = await backUp(ada);
  await ada.openConversation('Bob');
  await ada.write('after the backup');
  await bob.hears('after the backup');
  await ada.leave();

  const again = await Person.start(relay, 'Ada');
  people.push(again);
  await again.open();
  await restore(again, file, 'not the passphrase');
  await again.is_told(explain('backup_wrong_passphrase'));
  await again.field('unlock_field').fill(passphrase);
  await again.button('restore_go').click();
  await again.phase('recovery');
  await confirmCode(again);
  await again.phase('open');
  await again.openConversation('Bob');
  await again.hears('in the backup');
  await bob.is_told(explain('contact_restored'));
  await bob.button('dismiss').first().click();
  await bob.write('welcome back');
  await again.hears('welcome back');
  await again.write('thank you');
  await bob.hears('thank you');
  for (const heard of ['in the backup', 'welcome back']) {
    assert.equal((await again.messages()).filter((message) => message.includes(heard)).length, 1, heard);
  }
});

meeting('a file that is no whole backup says so and makes nothing', async (people) => {
  const ada = await Person.start(relay, 'Ada');
  people.push(ada);
  await ada.setUp();
  await ada.saved();
  const file = await backUp(ada, { contents: 'backup_without' });
  const other = await Person.start(relay, 'Ada');
  people.push(other);
  await other.open();
  await restore(other, Buffer.from('some other file'));
  await other.is_told(explain('backup_not_one'));
  await other.button('cancel').click();
  await restore(other, file.subarray(0, file.length - 1));
  await other.is_told(explain('backup_truncated'));
  assert.equal((await other.snapshot()).phase, 'welcome');
});

meeting('another passphrase and another code replace the old ones', async (people) => {
  const ada = await Person.start(relay, 'Ada');
  people.push(ada);
  await ada.setUp();
  await openTask(ada, 'new_passphrase');
  await ada.field('unlock_field').fill('not the passphrase');
  await ada.field('new_passphrase_field').fill('a quite different passphrase');
  await ada.button('new_passphrase_set').click();
  await ada.is_told(explain('wrong_passphrase'));
  await ada.field('unlock_field').fill(passphrase);
  await ada.field('new_passphrase_field').fill('a quite different passphrase');
  await ada.button('new_passphrase_set').click();
  await ada.is_told(say('new_passphrase_done'));
  await ada.button('done').click();
  await ada.button('new_code').click();
  await ada.field('unlock_field').fill('a quite different passphrase');
  await ada.button('go_on').click();
  await ada.button('recovery_written').waitFor();
  const code = await confirmCode(ada);
  await ada.is_told(say('new_code_done'));
  await ada.reload();
  await ada.unlock();
  await ada.is_told(explain('wrong_passphrase'));
  await ada.unlock('a quite different passphrase');
  await ada.phase('open');
  await ada.reload();
  await ada.unlock(code);
  await ada.phase('open');
});
