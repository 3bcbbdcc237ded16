// Photographs of the app as two people use it, at two sizes in light and dark, into screenshots/. The pictures are for eyes:
// nothing is compared. Run by ./dev screenshots.
import { Person, desktop, phone } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { until } from './support/wait.mjs';
import { explain } from './support/words.mjs';

const lines = [
  ['ada', 'Are you still at the archive?'],
  ['bob', 'Until three. What do you need?'],
  ['ada', 'The 2019 contracts. Photograph them if you can 📷'],
  ['bob', 'Found them. The documents are in the second folder, left shelf — I will send pictures as soon as I am out.'],
  ['ada', 'وصلت الرسالة، شكراً'],
];

async function scene(relay, look, options) {
  const ada = await Person.start(relay, 'Ada', options);
  const bob = await Person.start(relay, 'Bob', { ...options, dark: !options.dark });
  const shoot = async (name) => {
    await ada.page.mouse.move(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 500));  // motion comes to rest
    await ada.screenshot(`${look}-${name}`);
  };
  await ada.open();
  await shoot('welcome');
  const choosing = ada.page.waitForEvent('filechooser');
  await ada.button('restore').click();
  await (await choosing).setFiles({ name: 'tacet.backup', mimeType: 'application/octet-stream', buffer: Buffer.alloc(64) });
  await ada.field('unlock_field').waitFor();
  await shoot('restore');
  await ada.button('cancel').click();
  await ada.field('choose_passphrase').fill('correct horse battery staple');
  await shoot('welcome-strength');
  await ada.button('go_on').click();
  await ada.phase('recovery');
  await shoot('recovery');
  const code = await ada.described('recovery_field').textContent();
  await ada.button('recovery_written').click();
  await shoot('recovery-confirm');
  await ada.field('recovery_field').fill(code);
  await ada.button('recovery_confirm').click();
  await ada.phase('open');
  await shoot('name');
  await ada.sayName();
  await shoot('empty');
  await ada.button('new_contact').first().click();
  await shoot('new-contact');
  await ada.button('invite_make').click();
  await ada.button('copy_link').waitFor();
  await shoot('invitation');
  const link = await ada.described('invite_link').textContent();
  await ada.button('close').click();

  await bob.setUp(link);
  await bob.introduce('It is Bob, from the library. Can we talk here?');
  await ada.openRequest();
  await shoot('request');
  await ada.button('accept').click();
  await bob.openConversation('Ada');
  await until('Bob may write', async () => (await bob.page.getByRole('form').count()) > 0);
  for (const [who, text] of lines) {
    const [from, to] = who === 'ada' ? [ada, bob] : [bob, ada];
    await from.write(text);
    await to.hears(text.slice(0, 12));
  }
  await until('all is read', async () => (await ada.messages()).length >= 5);
  await shoot('conversation');
  await ada.page.getByRole('group', { name: 'Clocks' }).getByRole('button').first().click();
  await shoot('clocks');
  await ada.closeSheets();
  await ada.page.getByRole('button', { name: 'Details' }).first().click();
  await shoot('details');
  await ada.closeSheets();
  await ada.toList();
  await shoot('list');
  await ada.page.getByRole('button', { name: 'Settings' }).first().click();
  await shoot('settings');
  await ada.button('vault').click();
  await shoot('vault');
  await ada.button('new_passphrase').click();
  await shoot('new-passphrase');
  await ada.closeSheets();
  await ada.toList();
  await ada.button('settings').click();
  await ada.button('vault').click();
  await ada.button('backup').click();
  await shoot('backup');
  await ada.page.reload();
  await ada.phase('locked');
  await shoot('unlock');
  await ada.unlock('something else entirely');
  await ada.is_told(explain('wrong_passphrase'));
  await shoot('unlock-wrong');
  await ada.end();
  await bob.end();
}

const wanted = process.argv[2];  // one look, such as phone-dark; else all
const relay = await Relay.start();
try {
  for (const [size, options] of [['desktop', { size: desktop }], ['phone', { size: phone, density: 2 }]]) {
    for (const dark of [false, true]) {
      const look = `${size}-${dark ? 'dark' : 'light'}`;
      if (wanted && look !== wanted) continue;
      console.log(look);
      await scene(relay, look, { ...options, dark });
    }
  }
} finally {
  await relay.end();
}
