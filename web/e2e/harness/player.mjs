import assert from 'node:assert/strict';
import { actBefore } from './acting-camera.mjs';
import { launch, PHONE } from './chromium.mjs';
import { chooseLocale, picture } from './look.mjs';
import { clipOf } from './media.mjs';
import { notices } from './people.mjs';
import { watch } from './watch.mjs';

const PATIENCE_MS = 20_000;
/** A capture takes some 12 seconds, and longer where a machine has much to do. */
const CAPTURE_MS = 60_000;

/**
 * Gives `story` a player in a browser of their own, and closes it whatever happens. Fails also when the pages complained.
 * @param {{ face?: string | null, clip?: string, allowed?: boolean, origin?: string, expected?: RegExp[] }} options `face`: who sits
 *   before the camera and does what is asked; null: there is no camera; absent: the camera shows something that is no face.
 *   `seat`, `mirrors`: see `actBefore`. `clip`: a file that the camera plays instead.
 */
export async function withPlayer({ face, seat, mirrors, clip, allowed = true, blocksPopups, origin = process.env.RASTAU_URL, expected = [] }, story) {
  const browser = await launch({ camera: clip ?? (face ? clipOf(face) : face), allowed, blocksPopups });
  try {
    const context = await browser.newContext({ viewport: PHONE, locale: 'ru-RU' });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    if (face && allowed) await actBefore(page, face, seat, mirrors);
    const complaints = watch(page, expected);
    try {
      await story(new Player(page, origin));
    } catch (error) {
      await picture(page, `FAILED.${Date.now()}`).catch(() => {});
      if (complaints.length === 0) throw error;
      throw new Error(`${error.message}\nthe page complained: ${complaints.join('\n')}`, { cause: error });
    }
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
  }
}

/** The steps that a person takes, by what they press and what they wait for. */
export class Player {
  constructor(page, origin) {
    this.page = page;
    this.origin = origin;
  }

  part(testid) {
    return this.page.getByTestId(testid);
  }

  /** Presses Play on the operator's site and comes to our first page. */
  async play(locale = 'ru') {
    await this.page.goto(new URL('/sandbox/', this.origin).href);
    await chooseLocale(this.page, locale);
    await this.part('play').click();
    await this.onPage('consent');
  }

  async onPage(name) {
    await this.part(`page-${name}`).waitFor();
  }

  async consent() {
    await this.part('consent-accept').check();
    await this.part('consent-continue').click();
    await this.onPage('identify');
  }

  async enterIin(iin) {
    await this.part('iin-input').fill(iin);
    await this.part('iin-continue').click();
  }

  async identify(iin) {
    await this.enterIin(iin);
    await this.onPage('face');
  }

  /** Play, consent, IIN. */
  async comeToFace(iin, locale = 'ru') {
    await this.play(locale);
    await this.consent();
    await this.identify(iin);
  }

  /** Turns the camera on and waits until this go has ended. Returns the phase, or the page that came after. */
  async showFace() {
    await this.part('face-start').click();
    return this.faceEnds();
  }

  async faceEnds(timeout = CAPTURE_MS) {
    const ended = await this.page.waitForFunction(faceEnd, null, { timeout });
    return ended.jsonValue();
  }

  /** People slip, and networks do: a second go is theirs. Returns the page that came after. */
  async passFace() {
    const first = await this.showFace();
    const page = ['retry', 'lost'].includes(first) ? await this.showFace() : first;
    assert.ok(['contact', 'second_factor'].includes(page), page);
    return page;
  }

  /** Everything up to the second factor; whoever has none yet types the code that their contact gets. */
  async comeToSecondFactor(iin, locale = 'ru') {
    await this.comeToFace(iin, locale);
    if ((await this.passFace()) === 'contact') await this.proveContact(iin);
  }

  /** Has a code sent to the contact on record, reads it where the sandbox shows it, and types it. */
  async proveContact(iin) {
    // Between two codes lies a minute.
    await this.part('contact-send').click({ timeout: 80_000 });
    await this.part('contact-code').waitFor();
    await this.part('contact-code').fill((await notices(this.origin, iin))[0].code);
    await this.part('contact-continue').click();
    await this.onPage('second_factor');
  }

  /** Makes a passkey; the virtual authenticator says yes. */
  async makePasskey() {
    await this.part('enrol-passkey').click();
    await this.onPage('recovery_codes');
  }

  /** Reads the recovery codes, says that they are saved, and goes on. */
  async saveRecoveryCodes() {
    const codes = await this.part('recovery-code').allTextContents();
    assert.equal(new Set(codes).size, 10);
    assert.ok(await this.part('recovery-continue').isDisabled(), 'nobody goes on before the codes are saved');
    await this.part('recovery-saved').check();
    await this.part('recovery-continue').click();
    return codes;
  }

  /** Waits for the outcome and returns what it is. */
  async outcome() {
    await this.onPage('decided');
    return this.part('outcome').getAttribute('data-result');
  }

  /** Codes of the reasons shown. */
  reasons() {
    return this.part('outcome-reason').evaluateAll((items) => items.map((item) => item.dataset.code));
  }

  /** Goes back to the operator's site and returns what it shows: `token` or `denied`. */
  async returnToOperator() {
    await this.part('return').click();
    await this.part('session').waitFor();
    return this.part('session').getAttribute('data-status');
  }

  /** The operator learnt that it is a no, and nothing else. */
  async operatorLearnsOnlyNo() {
    assert.equal(await this.returnToOperator(), 'denied');
    assert.equal(await this.part('denied-error').textContent(), 'access_denied');
    const visit = new URL(this.page.url()).searchParams.get('session');
    const answer = await fetch(new URL(`/api/sandbox/session/${visit}`, this.origin));
    assert.deepEqual(await answer.json(), { status: 'denied', error: 'access_denied' });
  }
}

/** In the page: how the camera step has ended, if it has. */
function faceEnd() {
  const face = document.querySelector('[data-testid=face]');
  if (!face) return document.querySelector('main')?.dataset.testid?.replace('page-', '');
  const underWay = ['intro', 'asking', 'connecting', 'capturing', 'moving_on'];
  return underWay.includes(face.dataset.phase) ? null : face.dataset.phase;
}
