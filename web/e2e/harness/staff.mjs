import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addAuthenticator } from './authenticator.mjs';
import { launch } from './chromium.mjs';
import { look } from './look.mjs';
import { binary } from './service.mjs';
import { refusal, watch } from './watch.mjs';

const run = promisify(execFile);
const PATIENCE_MS = 20_000;

/** Screens of the staff. */
const DESK = { width: 1280, height: 900 };
const WIDE = { width: 1920, height: 1080 };

/** As `look`, at the sizes of desks. */
export const lookAtDesk = (page, name) => look(page, name, { usual: DESK, wide: WIDE, called: 'wide' });

/** Invites somebody as the command line does; returns the link. */
async function invite(login, roles) {
  const asked = roles.flatMap((role) => ['--role', role]);
  const args = [...commandLine(), 'staff', 'invite', login, '--name', `Test ${login}`, ...asked, '--alone', '--json'];
  const { stdout } = await run(binary(), args);
  return JSON.parse(stdout).link;
}

function commandLine(...args) {
  const port = new URL(process.env.RASTAU_URL).port;
  const config = join(process.env.E2E_SCRATCH, 'data', `port-${port}`, 'rastau.toml');
  return ['--config', config, ...args];
}

/** Checks a bundle as somebody does who was given it, with the service's keys. */
export async function verifyBundle(file, keys) {
  const jwks = `${file}.keys.json`;
  await writeFile(jwks, keys);
  // No configuration and no service: the file and the keys alone.
  const { stdout } = await run(binary(), ['evidence', 'verify', file, '--keys', jwks, '--json']);
  return JSON.parse(stdout);
}

/** Judges a case again. */
export async function replay(id) {
  try {
    const { stdout } = await run(binary(), commandLine('replay', id, '--json'));
    return { same: JSON.parse(stdout).same, code: 0 };
  } catch (error) {
    return { code: error.code, why: error.stderr };
  }
}

/** Gives `story` somebody of the staff in a browser of their own, whom the command line has invited. */
export async function withStaff({ login, roles, expected = [] }, story) {
  await withInvited({ login, link: await invite(login, roles), expected }, story);
}

/** The same for somebody who was given this link. Fails also when the pages complained. */
export async function withInvited({ login, link, expected = [] }, story) {
  const browser = await launch({ camera: null });
  try {
    const context = await browser.newContext({ viewport: DESK, locale: 'ru-RU' });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await addAuthenticator(page);
    // Who comes is asked first who they are.
    const complaints = watch(page, [refusal(401), ...expected]);
    const desk = new StaffDesk(page, login);
    await page.goto(link);
    await desk.part('join-go').waitFor();
    await story(desk);
    if (complaints.length > 0) throw new Error(`the page of ${login} complained: ${complaints.join('\n')}`);
  } finally {
    await browser.close();
  }
}

/** What they press and what they wait for. */
export class StaffDesk {
  constructor(page, login) {
    this.page = page;
    this.login = login;
  }

  part(testid) {
    return this.page.getByTestId(testid);
  }

  /** Joins; where somebody could confirm them, the machine does it in their place. */
  async join() {
    await this.comeIn();
    if (await this.part('unconfirmed').isVisible()) {
      await run(binary(), commandLine('staff', 'confirm', this.login, '--code', await this.code(), '--alone'));
      await this.part('unconfirmed').waitFor({ state: 'detached' });
    }
  }

  /** Makes the passkey; whether they count is another's to say. */
  async comeIn() {
    await this.part('join-go').click();
    await this.page.locator(`[data-testid=me][data-login=${this.login}]`).waitFor();
  }

  /** The code that they see. */
  async code() {
    await this.part('draw-code').click();
    return this.part('confirmation-code').getAttribute('data-code');
  }

  /** Types the code of somebody who has come in. */
  async confirm(login, code) {
    await this.part('to-proposals').click();
    const card = this.page.locator(`[data-testid=unconfirmed-member][data-login="${login}"]`);
    await card.getByTestId('confirm-code').fill(code);
    await card.getByTestId('confirm-go').click();
  }

  async signOut() {
    await this.part('sign-out').click();
    await this.part('sign-in').waitFor();
  }

  async signIn() {
    await this.part('login').fill(this.login);
    await this.part('sign-in-go').click();
    await this.part('me').waitFor();
  }

  /** Opens the newest case in this state that is in the queue with this reason. */
  async openCase(status, verification) {
    await this.part(`status-${status}`).click();
    const row = this.page.locator(`[data-testid=queue-row][data-status=${status}]`);
    await row.first().waitFor();
    const ids = await row.evaluateAll((rows) => rows.map((one) => one.dataset.case));
    const id = verification ? ids.find((one) => one === verification) : ids[0];
    await this.page.locator(`[data-testid=queue-row][data-case="${id}"] a`).click();
    await this.page.locator(`[data-testid=case][data-case="${id}"]`).waitFor();
    return id;
  }

  async openEvidence(why) {
    await this.part('why').fill(why);
    await this.part('open-evidence').click();
    await this.part('measured').waitFor();
  }

  /** Finds a person's cases by their IIN. */
  async find(iin, why) {
    await this.part('find-open').click();
    await this.part('find-iin').fill(iin);
    await this.page.locator('dialog [data-testid=why]').fill(why);
    await this.part('find-go').click();
    // Until the answer comes, the queue stands there, with other flows' cases.
    await this.part('find-iin').waitFor({ state: 'hidden' });
    await this.part('queue-row').first().waitFor();
  }

  /** Asks for what takes two, on the page of a case. */
  async ask(what, why) {
    await this.part(`ask-${what}`).click();
    await this.explain(why);
    await this.page.locator('[data-testid=proposal][data-state=waiting]').first().waitFor();
  }

  /** Says why in the window that asks, and goes on. */
  async explain(why) {
    await this.part('act-why').fill(why);
    await this.part('act-go').click();
    await this.part('act').waitFor({ state: 'detached' });
  }

  /** Opens what waits for a second person about this; its card. */
  async openProposal(subject) {
    await this.part('to-proposals').click();
    const card = this.page.locator(`[data-testid=proposal][data-subject="${subject}"][data-state=waiting]`);
    await card.waitFor();
    return card;
  }

  /** Says yes to it. */
  async allow(subject) {
    const card = await this.openProposal(subject);
    await card.getByTestId('proposal-yes').click();
    await card.waitFor({ state: 'detached' });
  }

  /** Takes evidence out that another allowed; the file. */
  async fetchBundle() {
    const waiting = this.page.waitForEvent('download');
    await this.part('fetch-bundle').first().click();
    const file = join(process.env.E2E_SCRATCH, `bundle-${process.pid}-${Date.now()}.zip`);
    await (await waiting).saveAs(file);
    return file;
  }

  async inState(status) {
    await this.page.locator(`[data-testid=case][data-status=${status}]`).waitFor();
  }
}
