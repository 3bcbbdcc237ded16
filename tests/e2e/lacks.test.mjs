// Browsers without something that Tacet needs: each gets a plain page or an explanation, none a blank one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Person, withPeople } from './support/person.mjs';
import { Relay } from './support/relay.mjs';
import { explain } from './support/words.mjs';

let relay;
before(async () => (relay = await Relay.start()));
after(() => relay.end());

function lacking(what, script, run) {
  test(`a browser without ${what}`, { timeout: 120_000 }, async () => {
    const people = [];
    await withPeople(`without-${what}`, () => people, async () => {
      const ada = await Person.start(relay, 'Ada', { before: script });
      people.push(ada);
      await run(ada);
    });
  });
}

const plainly = (title) => async (ada) => {
  await ada.page.goto(relay.url);
  await ada.page.getByRole('heading', { name: title }).waitFor();
  assert.equal(await ada.page.locator('#stage').isVisible(), false);
};

lacking('WebAssembly', () => delete window.WebAssembly, plainly('This browser cannot run Tacet'));

lacking(
  'WebGL2',
  () => {
    const getContext = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind === 'webgl2' ? null : getContext.call(this, kind, ...rest);
    };
  },
  plainly('This browser cannot show Tacet'),
);

lacking('WebSocket', () => delete window.WebSocket, plainly('This browser cannot reach a relay'));

lacking(
  'IndexedDB',
  () => Object.defineProperty(window, 'indexedDB', { value: undefined }),
  async (ada) => {
    await ada.open();
    await ada.is_told(explain('storage_missing'));
    await ada.button('session_only').click();
    await ada.phase('open');
  },
);
