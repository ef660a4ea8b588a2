// One player's session: it stands for as long as its token does, is renewed in time, and outlives a renewal that nobody answered.

/** After a renewal that failed, the next one waits. */
const PAUSE_MS = 2_000;

export class Session {
  #operator;
  #tokens;
  #claims;
  #over = false;
  #renewal = null;
  #notBefore = 0;

  /** Of the tokens that a code gave: checked here, before anybody is let in on them. */
  static async begin(operator, tokens) {
    return new Session(operator, tokens, await operator.verify(tokens.access_token));
  }

  constructor(operator, tokens, claims) {
    this.#operator = operator;
    this.#tokens = tokens;
    this.#claims = claims;
  }

  /** The player, as this operator knows them. */
  get sub() {
    return this.#claims.sub;
  }

  /** Whether it is over for good: the player must be verified anew. */
  get over() {
    return this.#over;
  }

  /** Whether the player may go on. Nobody does on a token that has ended, and a session is not over because nobody can tell just now. */
  async stands() {
    if (this.#isDue()) await this.#renew();
    return !this.#over && Date.now() < this.#claims.exp * 1000 && !(await this.#operator.hasEnded(this.#claims));
  }

  /** The player leaves: their tokens are given back. */
  async leave() {
    this.#over = true;
    await this.#operator.giveBack(this.#tokens.refresh_token);
  }

  /** Half of the token's life is over: enough is left to try again. */
  #isDue() {
    const { iat, exp } = this.#claims;
    return !this.#over && Date.now() >= Math.max(this.#notBefore, ((iat + exp) / 2) * 1000);
  }

  /** Requests that come at once wait for one renewal. */
  #renew() {
    this.#renewal ??= this.#tryToRenew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #tryToRenew() {
    try {
      this.#tokens = await this.#operator.renew(this.#tokens.refresh_token);
      this.#claims = await this.#operator.verify(this.#tokens.access_token);
    } catch (error) {
      // The one answer that ends a session. After all others, and after none, the same refresh token is shown again.
      this.#over ||= error.error === 'invalid_grant';
      this.#notBefore = Date.now() + PAUSE_MS;
      console.warn(`a renewal failed: ${error.error ?? error.message}`);
    }
  }
}
