// Somebody with a browser profile of their own. Everything is done as a person or a screen reader does it: by role and
// name; what the program knows is read from window.__tacet.snapshot(), which holds counts and states only.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { until } from './wait.mjs';
import { say } from './words.mjs';

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };
export const passphrase = 'correct horse battery staple';

const screenshots = fileURLToPath(new URL('../../../screenshots/', import.meta.url));
const flags = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--no-first-run',
];

export class Person {
  // `place`: where the page is, a Relay or a Host. `before`: a script that runs in every page before anything else.
  static async start(place, name, { size = desktop, before, dark = false, density = 1 } = {}) {
    const person = new Person();
    person.name = name;
    person.place = place;
    person.profile = mkdtempSync(join(tmpdir(), 'tacet-profile-'));
    person.looks = {
      viewport: size, locale: 'en-GB', hasTouch: size.width < 700, colorScheme: dark ? 'dark' : 'light',
      deviceScaleFactor: density,
    };
    person.before = before;
    await person.launch();
    return person;
  }

  // The browser, on the profile as it is.
  async launch() {
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: '/usr/bin/chromium', args: flags, headless: true, ...this.looks,
    });
    this.context.setDefaultTimeout(60_000);
    if (this.before) await this.context.addInitScript(this.before);
    this.page = this.context.pages()[0];
    this.listen();
  }

  listen() {
    this.errors = [];
    this.page.on('pageerror', (error) => this.errors.push(String(error)));
  }

  async end() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  async screenshot(name) {
    mkdirSync(screenshots, { recursive: true });
    await this.page.screenshot({ path: join(screenshots, `${name}.png`) });
  }

  // ---- looking

  async snapshot() {
    return this.page.evaluate(() => (window.__tacet ? window.__tacet.snapshot() : { phase: 'loading', ui: {} }));
  }
  async phase(wanted) {
    return until(`${this.name}: ${wanted}`, async () => (await this.snapshot()).phase === wanted);
  }
  // Everything is durable on this device.
  async saved() {
    return until(`${this.name}: saved`, async () => !(await this.snapshot()).saving);
  }
  button(key, ...values) {
    return this.page.getByRole('button', { name: say(key, ...values), exact: true });
  }
  field(key, ...values) {
    return this.page.getByLabel(say(key, ...values), { exact: true }).and(this.page.locator('input, textarea'));
  }
  described(key) {
    return this.page.locator(`#mirror [aria-description="${say(key)}"]`);
  }
  // What a screen reader hears of each message, oldest first: "Ada, text, 14:02, expires in 5 days".
  async messages() {
    return this.page.getByRole('log').getByRole('listitem').allTextContents();
  }
  async hears(...parts) {
    return until(`${this.name} hears “${parts.join('” and “')}”`, async () =>
      (await this.messages()).some((message) => parts.every((part) => message.includes(part))));
  }
  async hearsNoMore(text) {
    return until(`${this.name} hears “${text}” no more`, async () =>
      (await this.messages()).every((message) => !message.includes(text)));
  }
  async is_told(text) {
    return this.page.locator('#mirror').getByText(text, { exact: false }).first().waitFor({ state: 'attached' });
  }

  // ---- doing

  async open(url = this.place.url) {
    await this.page.goto(url);
    await until(`${this.name}: the page is there`, async () =>
      !['loading', 'starting'].includes((await this.snapshot()).phase));
  }
  // Closes the tab; open() makes a new one.
  async leave() {
    const page = this.page;
    await this.newTab();
    await page.close();
  }
  async newTab() {
    this.page = await this.context.newPage();
    this.listen();
  }
  // The tab's process dies at once; open() goes on in a new one.
  async killTab() {
    const dead = this.page;
    const session = await this.context.newCDPSession(dead);
    const crashed = new Promise((resolve) => dead.once('crash', resolve));
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.newTab();
    await dead.close();
  }
  // All of the browser dies at once, and is started again.
  async killBrowser() {
    const closed = new Promise((resolve) => this.context.once('close', resolve));
    const { stdout } = spawnSync('pgrep', ['-f', `^[^ ]*chromium.*--user-data-dir=${this.profile}`], { encoding: 'utf8' });
    for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
    await closed;
    await this.launch();
  }
  async reload() {
    await this.page.reload();
    await this.phase('locked');
  }

  async createVault(words = passphrase) {
    await this.field('choose_passphrase').fill(words);
    await this.button('go_on').click();
    await this.phase('recovery');
    const code = await this.described('recovery_field').textContent();
    await this.button('recovery_written').click();
    await this.field('recovery_field').fill(code);
    await this.button('recovery_confirm').click();
    await this.phase('open');
    return code;
  }
  async sayName(name = this.name) {
    await this.field('your_name').fill(name);
    await this.button('go_on').click();
    await until('the name is told', async () => (await this.snapshot()).ui.screen === 'open');
  }
  async setUp(url) {
    await this.open(url);
    await this.createVault();
    await this.sayName();
  }
  async unlock(words = passphrase) {
    await this.field('unlock_field').fill(words);
    await this.button('unlock').click();
  }
  async comeBack() {
    await this.phase('locked');
    await this.unlock();
    await this.phase('open');
  }

  async toList() {
    const back = this.button('back');
    if (await back.count()) await back.click();
  }
  async openConversation(name) {
    await this.toList();
    await this.page.getByRole('navigation').getByRole('button', { name: new RegExp(`^${name}, `) }).click();
    await until('the conversation is open', async () => (await this.snapshot()).ui.conversation !== '');
  }
  // Also those that lie under another.
  async closeSheets() {
    const none = async () => (await this.page.getByRole('dialog').count()) === 0 && (await this.snapshot()).ui.sheet === '';
    await until('no sheet is open', async () => {
      if (await none()) return true;
      await this.page.keyboard.press('Escape');
      return false;
    }, { every: 500 });
  }
  async invite({ label = '', uses } = {}) {
    await this.toList();
    await this.button('new_contact').first().click();
    if (label) await this.field('invite_label').fill(label);
    if (uses) await this.page.getByRole('radio', { name: say(uses), exact: true }).click();
    await this.button('invite_make').click();
    await this.button('copy_link').waitFor();
    const publishing = this.page.locator('#mirror').getByText(say('invite_publishing'));
    await until('the link works', async () => (await publishing.count()) === 0);
    const link = await this.described('invite_link').textContent();
    await this.button('close').click();
    return link;
  }
  // With an invitation open: the first message.
  async introduce(text) {
    await this.field('opening_field').fill(text);
    await this.button('opening_send').click();
  }
  // A stranger has no name until they are accepted.
  async openRequest() {
    await this.toList();
    await this.page.getByRole('list', { name: say('requests'), exact: true }).getByRole('button').first().click();
    await this.button('accept').waitFor();
  }
  async acceptRequest() {
    await this.openRequest();
    await this.button('accept').click();
  }
  async write(text) {
    const composer = this.page.getByRole('form').locator('textarea');
    await composer.fill(text);
    await composer.press('Enter');
  }
  // Both clocks as src/words says them: "5 seconds", "Off".
  async setClocks({ expires, burns, next = false }) {
    await this.page.getByRole('group', { name: say('clocks'), exact: true }).getByRole('button').first().click();
    const choose = async (key, value) => {
      const group = this.page.getByRole('group', { name: say(key), exact: true });
      await group.getByRole('radio', { name: value, exact: true }).click();
    };
    if (expires) await choose('clock_expiry', expires);
    if (burns) await choose('clock_burn', burns);
    if (next) await choose('apply_to', say('apply_next'));
    await this.button('apply').click();
    await until('the clocks are set', async () => (await this.snapshot()).ui.sheet === '');
  }
}

// Ada and Bob, who can write to each other and have the conversation open.
export async function acquainted(place, { adaSize = desktop, bobSize = phone, adaBefore } = {}) {
  const ada = await Person.start(place, 'Ada', { size: adaSize, before: adaBefore });
  const bob = await Person.start(place, 'Bob', { size: bobSize });
  await ada.setUp();
  const link = await ada.invite();
  await bob.setUp(link);
  await bob.introduce('It is Bob');
  await ada.acceptRequest();
  await bob.openConversation('Ada');
  await until('Bob may write', async () => (await bob.page.getByRole('form').count()) > 0);
  return { ada, bob, link };
}

// Runs a test with people and puts them away afterwards; a failure leaves photographs in screenshots/.
export async function withPeople(name, people, run) {
  try {
    await run();
    for (const person of people()) {
      if (person.errors.length) throw new Error(`${person.name}'s page: ${person.errors.join('; ')}`);
    }
  } catch (error) {
    for (const person of people()) await person.screenshot(`${name}-${person.name}`).catch(() => {});
    throw error;
  } finally {
    for (const person of people()) await person.end();
  }
}
