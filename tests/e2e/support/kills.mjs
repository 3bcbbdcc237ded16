// A tab, and now and then the whole browser, killed at random moments while its owner writes and is written to. What was
// acknowledged to anybody must be there afterwards, once, whole. The other end is a terminal that is never killed.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { Person, passphrase, phone } from './person.mjs';
import { Relay } from './relay.mjs';
import { Bot, Terminal } from './terminal.mjs';
import { until } from './wait.mjs';
import { say } from './words.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const killsPerLife = 20;  // then two new people, so that lists stay short
const longestLife = 3000;  // ms between a start and the kill

// mulberry32: the same moments from the same seed, as far as a browser allows.
function random(seed) {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

// Texts carry their own checksum: half a text is none.
const mark = (name) => createHash('sha256').update(name).digest('hex').slice(0, 24);
const text = (who, number) => `${who}-${number} ${mark(`${who}-${number}`)}`;
const nameIn = (line) => {
  const found = line.match(/\b([ab]-\d+) ([0-9a-f]*)/);
  if (!found) return undefined;
  assert.equal(found[2], mark(found[1]), `half a message was accepted: ${line}`);
  return found[1];
};

class Life {
  static async begin(dice) {
    const life = new Life();
    life.dice = dice;
    life.relay = await Relay.start();
    life.terminal = new Terminal(life.relay, 'Bob');
    await life.terminal.create();
    life.ada = await Person.start(life.relay, 'Ada', { size: phone });
    await life.ada.setUp((await life.terminal.must('invite')).out);
    await life.ada.introduce('It is Ada');
    await life.terminal.approveOnly();
    await life.ada.openConversation('Bob');
    await life.ada.saved();
    life.bot = new Bot(life.terminal);
    life.contact = (await life.bot.hears('of Ada', (each) => each.event === 'contact' && each.name === 'Ada')).contact;
    life.written = { a: 0, b: 0 };
    life.acknowledged = new Set();  // what somebody was told is safe
    return life;
  }

  async end() {
    await this.bot?.quit();
    await this.ada?.end();
    this.terminal.end();
    await this.relay.end();
  }

  // What Ada is shown around where she is in the conversation: message by name; nothing twice, nothing half.
  async shown(seen = new Map()) {
    const safe = [say('delivery_sent'), say('delivery_delivered'), say('delivery_read')];
    const items = await this.ada.page.getByRole('log').getByRole('listitem')
      .evaluateAll((all) => all.map((item) => [item.id, item.textContent]));
    for (const [id, line] of items) {
      const name = nameIn(line);
      if (!name) continue;
      assert.equal(seen.get(name) ?? id, id, `${name} is shown twice`);
      seen.set(name, id);
      if (name.startsWith('a') && safe.some((word) => line.endsWith(`, ${word}`))) this.acknowledged.add(name);
    }
    return seen;
  }

  // The same from the newest message to the oldest.
  async shownAltogether() {
    const newest = this.ada.button('to_newest');
    while (await newest.count()) await newest.click({ timeout: 1000 }).catch(() => {});  // it goes when it is done
    const seen = await this.shown();
    const earlier = this.ada.button('earlier');
    while (await earlier.count()) {  // until the top
      await earlier.press('Enter', { timeout: 1000 }).catch(() => {});  // it may go just then
      await this.shown(seen);
    }
    return this.shown(seen);
  }

  // What Bob was told: which of Ada's arrived, and which of his she has.
  listen() {
    const ids = new Map();
    for (const event of this.bot.heard) {
      if (event.event !== 'message' || !event.text) continue;
      const name = nameIn(event.text);
      if (!name) continue;
      if (name.startsWith('a')) {
        assert.equal(ids.get(name) ?? event.id, event.id, `${name} arrived twice`);
        ids.set(name, event.id);
        this.acknowledged.add(name);
      } else if (['delivered', 'read'].includes(event.delivery)) {
        this.acknowledged.add(name);
      }
    }
    return ids;
  }

  // Both write until `stop` is set; a page that dies under the writer is what this is about.
  async talk(stop) {
    while (!stop.now) {
      this.bot.tell({ do: 'send', contact: this.contact, text: text('b', ++this.written.b) });
      await this.ada.write(text('a', ++this.written.a)).catch(() => {});
      if (!stop.now) await this.shown().catch((problem) => {
        if (problem instanceof assert.AssertionError) stop.problem = problem;
      });
      await pause(this.dice(300));
    }
  }

  async killDuring(run) {
    const whole = this.dice(5) === 0;
    const stop = { now: false };
    const running = run(stop);
    await pause(this.dice(longestLife));
    stop.now = true;  // what is under way fails with its page
    if (whole) await this.ada.killBrowser();
    else await this.ada.killTab();
    await running;
    if (stop.problem) throw stop.problem;
    return whole;
  }

  // The page is loaded and the vault opened, as far as it comes.
  async atTheDoor() {
    const { page } = this.ada;
    try {
      await page.goto(this.relay.url);
      await page.getByLabel(say('unlock_field'), { exact: true }).fill(passphrase);
      await page.getByRole('button', { name: say('unlock'), exact: true }).click();
    } catch {
      // killed
    }
  }

  async comeBack() {
    this.listen();
    const before = [...this.acknowledged];
    await this.ada.open();
    await this.ada.comeBack();
    await this.ada.openConversation('Bob');
    const shown = await this.shownAltogether();
    const lost = before.filter((name) => !shown.has(name));
    assert.deepEqual(lost, [], 'acknowledged and lost');
    assert.equal((await this.ada.snapshot()).problem, -1, 'the vault complains');
  }

  // Nobody writes any more: what either has, the other gets.
  async settle() {
    let missing = [];
    await until('Bob has everything of Ada, and she everything of his', async () => {
      const shown = await this.shownAltogether();
      const heard = this.listen();
      missing = [...shown.keys()].filter((name) => name.startsWith('a') && !heard.has(name));
      for (let n = 1; n <= this.written.b; ++n) if (!shown.has(`b-${n}`)) missing.push(`b-${n}`);
      return missing.length === 0;
    }, { timeout: 120_000, every: 1000 }).catch((problem) => {
      throw new Error(`${problem.message}; missing: ${missing}`);
    });
    const heard = this.listen();
    const shown = await this.shownAltogether();
    for (const name of heard.keys()) assert.ok(shown.has(name), `${name} arrived and its writer has lost it`);
  }
}

// Throws at the first thing that is lost, doubled or halved. Returns what happened.
export async function kills(count, seed, tell = () => {}) {
  const dice = random(seed);
  const counts = { kills: 0, ofBrowsers: 0, atTheDoor: 0, lives: 0, written: 0, arrived: 0 };
  while (counts.kills < count) {
    const life = await Life.begin(dice);
    ++counts.lives;
    try {
      for (let n = Math.min(killsPerLife, count - counts.kills); n > 0; --n) {
        const atTheDoor = dice(4) === 0;
        if (atTheDoor && n > 1) {  // while the vault is opened
          await life.ada.page.close();
          await life.ada.newTab();
          counts.ofBrowsers += await life.killDuring(() => life.atTheDoor());
          ++counts.atTheDoor;
        } else {
          counts.ofBrowsers += await life.killDuring((stop) => life.talk(stop));
        }
        ++counts.kills;
        await life.comeBack();
        tell(counts);
      }
      await life.settle();
      counts.written += life.written.a + life.written.b;
      counts.arrived += life.acknowledged.size;
    } catch (problem) {
      await life.ada.screenshot('kills').catch(() => {});
      throw problem;
    } finally {
      await life.end();
    }
  }
  return counts;
}
