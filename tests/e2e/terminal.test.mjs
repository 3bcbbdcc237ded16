// The terminal client against a real relay: people, bots, and a browser at the other end.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { changed } from './support/link.mjs';
import { Person, phone, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { Bot, Terminal } from './support/terminal.mjs';
import { explain, say } from './support/words.mjs';

let relay;
const terminals = [];
before(async () => (relay = await Relay.start()));
after(async () => {
  for (const terminal of terminals) terminal.end();
  await relay.end();
});
async function terminal(name) {
  const made = new Terminal(relay, name);
  terminals.push(made);
  await made.create();
  return made;
}
async function acquainted() {
  const ada = await terminal('Ada');
  const bob = await terminal('Bob');
  const link = (await ada.must('invite')).out;
  await bob.must('accept', link, '--message', 'It is Bob');
  await ada.approveOnly();
  return { ada, bob };
}

test('two terminals meet and talk', { timeout: 240_000 }, async () => {
  const { ada, bob } = await acquainted();
  await ada.must('send', 'Bob', 'Hello \x1B[2JBob');
  const heard = await bob.must('receive', '--wait', '30');
  assert.match(heard.out, /^Ada: Hello \uFFFD\[2JBob {2}\(expires in /);
  await bob.must('send', 'Ada', 'Hello Ada', '--expires', '2h', '--burn', '30s');
  const heardByAda = (await ada.must('receive', '--json', '--mark-read', '--wait', '30')).lines;
  assert.deepEqual(heardByAda.map((each) => each.text), ['It is Bob', 'Hello Ada']);
  const message = heardByAda[1];
  assert.equal(message.burn_after, 30);
  assert.equal(message.expires_at - message.sent_at, 2 * 3600 * 1000);
  const sent = (await ada.must('show', 'Bob', '--json')).lines.find((each) => each.mine);
  assert.equal(sent.delivery, 'read');
  assert.match((await ada.must('contacts')).out, /^[0-9a-f]{8} {2}Bob$/);
});

test('a bot hears everything and obeys', { timeout: 240_000 }, async () => {
  const { ada, bob } = await acquainted();
  const bot = new Bot(ada);
  const contact = await bot.hears('of Bob', (each) => each.event === 'contact' && each.name === 'Bob');
  bot.tell({ do: 'send', contact: contact.contact, text: 'from the bot', burn: '5s', tag: 7 });
  await bot.hears('its own tag', (each) => each.event === 'done' && each.tag === 7);
  await bot.hears('that it was sent', (each) => each.text === 'from the bot' && each.delivery === 'sent');
  assert.match((await bob.must('receive', '--wait', '30')).out, /from the bot/);
  await bot.hears('that it was read', (each) => each.text === 'from the bot' && each.delivery === 'read');
  await bot.hears('that it burned', (each) => each.event === 'gone' && each.was === 'message');
  bot.tell({ do: 'dance', tag: 8 });
  await bot.hears('that it cannot dance', (each) => each.event === 'error' && each.tag === 8);
  bot.tell('no object');
  assert.equal(await bot.quit(), 0);
});

test('a terminal and a browser talk to each other', { timeout: 240_000 }, async () => {
  const ada = await terminal('Ada');
  const people = [];
  await withPeople('terminal', () => people, async () => {
    const bob = await Person.start(relay, 'Bob', { size: phone });
    people.push(bob);
    await bob.setUp((await ada.must('invite')).out);
    await bob.introduce('From a browser');
    await ada.approveOnly();
    await bob.openConversation('Ada');
    await ada.must('send', 'Bob', 'From a terminal');
    await bob.hears('From a terminal');
    await bob.write('From a browser again');
    await bob.hears('From a browser again', say('delivery_sent'));
    assert.match((await ada.must('receive', '--wait', '30')).out, /From a browser again/);
    await bob.hears('From a browser again', say('delivery_read'));
    const shown = await ada.must('show', 'Bob', '--json');
    assert.equal(shown.lines.find((each) => each.text === 'From a terminal').delivery, 'read');
  });
});

test('what goes wrong is said and has an exit code of its own', { timeout: 240_000 }, async () => {
  const nobody = new Terminal(relay, 'Nobody');
  terminals.push(nobody);
  const complaint = async (code, words, ...command) => {
    const result = await nobody.run(...command);
    assert.equal(result.code, code, `${command.join(' ')}: ${result.complaints}`);
    assert.ok(result.complaints.includes(words), result.complaints);
  };
  await complaint(2, 'Run with --help', 'no-such-command');
  await complaint(2, explain('relay_address_bad'), 'create', '--relay', 'http://nowhere');
  await complaint(3, 'There is no vault', 'contacts');
  await nobody.create();
  await complaint(3, 'There is a vault', 'create', '--relay', relay.socket);
  nobody.usePassphrase('not the passphrase');
  await complaint(3, explain('wrong_passphrase'), 'contacts');
  nobody.usePassphrase('correct horse battery staple');
  await complaint(5, say('contact_unknown', 'Zoe'), 'send', 'Zoe', 'hello');
  await complaint(2, say('duration_unclear', 'soon'), 'send', 'Zoe', 'hello', '--burn', 'soon');
  await complaint(5, explain('link_malformed'), 'accept', 'nonsense', '--message', 'hello');
  const link = (await nobody.must('invite')).out;
  await complaint(5, explain('link_own'), 'accept', link, '--message', 'hello');
  const stranger = (await (await terminal('Stranger')).must('invite')).out;
  const expired = changed(stranger, { expires: 1_700_000_000 });
  await complaint(5, explain('link_expired'), 'accept', expired, '--message', 'hello');

  const bot = new Bot(nobody);
  await bot.hears('anything', (each) => each.event === 'invitation');
  await complaint(3, explain('open_elsewhere'), 'contacts');
  assert.equal(await bot.quit(), 0);
});

test('what cannot be sent now is kept and sent by a later command', { timeout: 240_000 }, async () => {
  const { ada, bob } = await acquainted();
  await bob.must('receive', '--wait', '5');
  await relay.kill();
  const kept = await ada.run('send', 'Bob', 'kept', '--wait', '3');
  assert.equal(kept.code, 4, kept.complaints);
  assert.ok(kept.complaints.includes(say('not_sent_yet')));
  await relay.start();
  await ada.must('receive');
  const heard = await bob.must('receive', '--json', '--wait', '30');
  assert.deepEqual(heard.lines.map((each) => each.text), ['kept']);
});
