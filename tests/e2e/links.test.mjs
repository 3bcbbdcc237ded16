// Invitation links that do not work, each with its own words.
import { after, before, test } from 'node:test';
import { changed } from './support/link.mjs';
import { Person, phone, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { Terminal } from './support/terminal.mjs';
import { explain, say } from './support/words.mjs';

let relay;
let ada;
let link;
before(async () => {
  relay = await Relay.start();
  ada = new Terminal(relay, 'Ada');
  await ada.create();
  link = (await ada.must('invite')).out;
});
after(async () => {
  ada.end();
  await relay.end();
});

test('every bad link says what is wrong with it, and the app goes on', { timeout: 300_000 }, async () => {
  const people = [];
  await withPeople('links', () => people, async () => {
    const bob = await Person.start(relay, 'Bob', { size: phone });
    people.push(bob);
    await bob.setUp(`${relay.url}#not-an-invitation`);
    await bob.is_told(explain('link_malformed'));
    await bob.closeSheets();

    const tried = async (bad, problem) => {
      await bob.button('new_contact').first().click();
      await bob.page.getByRole('radio', { name: say('tab_open') }).click();
      await bob.field('open_field').fill(bad);
      await bob.button('open_link').click();
      await bob.is_told(explain(problem));
      await bob.closeSheets();
    };
    await tried(link.slice(0, -3), 'link_malformed');
    await tried(changed(link, { expires: 1_700_000_000 }), 'link_expired');
    await tried(changed(link, { relay: 'ws://127.0.0.1:1/relay' }), 'relay_unreachable');
    const own = await bob.invite();
    await tried(own, 'link_own');

    // Somebody else was faster.
    const carol = new Terminal(relay, 'Carol');
    await carol.create();
    await carol.must('accept', link, '--message', 'It is Carol');
    carol.end();
    await tried(link, 'invitation_used_up');
  });
});
