// An operator on oauth4webapi, and the proofs that its own resources are shown.
import { createHash, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { exportJWK, SignJWT } from 'jose';
import { playScenario, registered, scenario } from './operator.mjs';

const require = createRequire(join(import.meta.dirname, '../clients/package.json'));

/** A library of `e2e/clients`, as it comes. */
export const load = async (name) => import(require.resolve(name));

/** An operator that speaks through oauth4webapi alone. */
export class Oauth4webapi {
  /** Registers `id` with the sandbox at `origin` and reads its metadata, by OAuth's place or OpenID's. */
  static async connect(origin, id, algorithm = 'oauth2') {
    const as = await load('oauth4webapi');
    const issuer = new URL(`${origin}/sandbox`);
    const insecure = { [as.allowInsecureRequests]: true };
    const server = await as.processDiscoveryResponse(issuer, await as.discoveryRequest(issuer, { algorithm, ...insecure }));
    const { privateKey, redirectUri } = await registered(origin, id);
    const keys = await as.generateKeyPair('ES256', { extractable: true });
    const client = { client_id: id };
    const DPoP = as.DPoP(client, keys);
    const authentication = as.PrivateKeyJwt({ key: privateKey, kid: 'one' });
    return Object.assign(new Oauth4webapi(), { as, origin, id, server, client, keys, authentication, redirectUri, insecure, options: { DPoP, ...insecure } });
  }

  /** Pushes a request; where the browser is to go, and what to keep. */
  async begin(scope) {
    const { as } = this;
    const visit = { verifier: as.generateRandomCodeVerifier(), state: as.generateRandomState(), nonce: as.generateRandomNonce() };
    const parameters = new URLSearchParams({
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope,
      state: visit.state,
      nonce: visit.nonce,
      code_challenge: await as.calculatePKCECodeChallenge(visit.verifier),
      code_challenge_method: 'S256',
    });
    const pushed = await this.ask(
      () => as.pushedAuthorizationRequest(this.server, this.client, this.authentication, parameters, this.options),
      (answer) => as.processPushedAuthorizationResponse(this.server, this.client, answer),
    );
    const address = new URL(this.server.authorization_endpoint);
    address.search = new URLSearchParams({ client_id: this.id, request_uri: pushed.request_uri });
    return { address, visit };
  }

  /** An approved player goes through and comes back: tokens. */
  async play(scope) {
    const { as } = this;
    const { address, visit } = await this.begin(scope);
    const back = new URL(await playScenario(this.origin, address.href, await scenario(this.origin, 'approved')));
    const answer = as.validateAuthResponse(this.server, this.client, back, visit.state);
    const checks = scope.includes('openid') ? { expectedNonce: visit.nonce, requireIdToken: true } : {};
    return this.ask(
      () => as.authorizationCodeGrantRequest(this.server, this.client, this.authentication, answer, this.redirectUri, visit.verifier, this.options),
      (answer) => as.processAuthorizationCodeResponse(this.server, this.client, answer, checks),
    );
  }

  async renew(refreshToken) {
    return this.ask(
      () => this.as.refreshTokenGrantRequest(this.server, this.client, this.authentication, refreshToken, this.options),
      (answer) => this.as.processRefreshTokenResponse(this.server, this.client, answer),
    );
  }

  async introspect(token, signed = false) {
    const wishes = { requestJwtResponse: signed, ...this.insecure };
    const told = await this.as.introspectionRequest(this.server, this.client, this.authentication, token, wishes);
    const known = signed ? { ...this.client, introspection_signed_response_alg: 'ES256' } : this.client;
    return this.as.processIntrospectionResponse(this.server, known, told);
  }

  async giveBack(token) {
    const answer = await this.as.revocationRequest(this.server, this.client, this.authentication, token, this.insecure);
    return this.as.processRevocationResponse(answer);
  }

  async userInfo(token, subject) {
    return this.ask(
      () => this.as.userInfoRequest(this.server, this.client, token, this.options),
      (answer) => this.as.processUserInfoResponse(this.server, this.client, subject, answer),
    );
  }

  /** The first answer may bring the nonce and nothing else; the library remembers it. */
  async ask(request, read) {
    try {
      return await read(await request());
    } catch (error) {
      if (!this.as.isDPoPNonceError(error)) throw error;
      return read(await request());
    }
  }
}

/**
 * A proof of these keys for a request that shows this token at somebody's resource (RFC 9449 section 7).
 * @param {Record<string, unknown>} others members that are to be other than they should
 * @param {Record<string, unknown>} head the same of its header
 */
export async function proofFor({ privateKey, publicKey }, method, address, token, others = {}, head = {}) {
  const { kty, crv, x, y } = await exportJWK(publicKey);
  const ath = token && createHash('sha256').update(token).digest('base64url');
  const iat = Math.floor(Date.now() / 1000);
  return new SignJWT({ htm: method, htu: String(address), ath, jti: randomUUID(), iat, ...others })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: { kty, crv, x, y }, ...head })
    .sign(privateKey);
}
