// An operator that asks Rastau before anybody plays: openid-client speaks the protocol, jose checks tokens offline.
import { inflateSync } from 'node:zlib';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';

/** One operator at one Rastau. */
export class Operator {
  #config;
  #dpop;
  #keys;
  #clientId;
  #redirectUri;

  /**
   * Reads the service's own description and makes a key for this process's tokens.
   * @param {{ issuer: string, clientId: string, key: CryptoKey, kid: string, redirectUri: string, insecure?: boolean }} options
   *   `key`: the private half of the registered key; `insecure`: http is allowed, for a sandbox on this machine.
   */
  static async connect({ issuer, clientId, key, kid, redirectUri, insecure = false }) {
    const config = await client.discovery(new URL(issuer), clientId, undefined, client.PrivateKeyJwt({ key, kid }), {
      algorithm: 'oauth2',
      execute: insecure ? [client.allowInsecureRequests] : [],
    });
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair());
    return new Operator(config, dpop, { clientId, redirectUri });
  }

  constructor(config, dpop, { clientId, redirectUri }) {
    this.#config = config;
    this.#dpop = dpop;
    this.#keys = createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri));
    this.#clientId = clientId;
    this.#redirectUri = redirectUri;
  }

  /** What the service says of itself. */
  get metadata() {
    return this.#config.serverMetadata();
  }

  /**
   * The player wants to play: where their browser is to go, and what to keep in their session until it comes back.
   * @param {Record<string, string>} wishes further parameters, such as `ui_locales`, `acr_values` or `max_age`
   */
  async begin(wishes = {}) {
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const parameters = {
      redirect_uri: this.#redirectUri,
      scope: 'play',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...wishes,
    };
    const address = await client.buildAuthorizationUrlWithPAR(this.#config, parameters, { DPoP: this.#dpop });
    return { address, visit: { verifier, state } };
  }

  /** The browser is back at `address`: tokens, or an error whose `error` is `access_denied` when the player may not play. */
  async finish(address, { verifier, state }) {
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    return client.authorizationCodeGrant(this.#config, new URL(address), checks, undefined, { DPoP: this.#dpop });
  }

  /** The next token, before the last has expired; fails when the player may no longer play. */
  async renew(refreshToken) {
    return client.refreshTokenGrant(this.#config, refreshToken, undefined, { DPoP: this.#dpop });
  }

  /** The player left. */
  async giveBack(token) {
    await client.tokenRevocation(this.#config, token);
  }

  /** Asks whether a token stands. */
  async introspect(token) {
    return client.tokenIntrospection(this.#config, token);
  }

  /** Checks a token without asking for it: signature, issuer, audience, life. Its claims. */
  async verify(token) {
    const checks = { issuer: this.metadata.issuer, audience: this.#clientId, typ: 'at+jwt', algorithms: ['ES256'] };
    return (await jwtVerify(token, this.#keys, checks)).payload;
  }

  /** Whether a verified token's bit in the status list says that it has ended. A real service keeps the list for its `ttl`. */
  async hasEnded({ status: { status_list: place } }) {
    const answer = await fetch(place.uri, { headers: { accept: 'application/statuslist+jwt' } });
    if (!answer.ok) return true;
    const checks = { typ: 'statuslist+jwt', algorithms: ['ES256'], subject: place.uri };
    const { payload } = await jwtVerify(await answer.text(), this.#keys, checks);
    const bits = inflateSync(Buffer.from(payload.status_list.lst, 'base64url'));
    return ((bits[place.idx >> 3] >> (place.idx & 7)) & 1) === 1;
  }
}
