// An operator that proves itself by its TLS certificate (RFC 8705), over a proxy that passes it on.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, importX509 } from 'jose';
import { playScenario, registerKeys, scenario } from './operator.mjs';
import { postForm } from './over-tls.mjs';
import { makeCertificate, x5c } from './tls-proxy.mjs';

export class CertificateOperator {
  /** Registers `id` with the sandbox at `origin`; `front`: where it asks for certificates; `make`: makes the operator's. */
  static async register(origin, id, front, make = makeCertificate) {
    const identity = make(process.env.E2E_SCRATCH, id);
    const jwk = { ...(await exportJWK(await importX509(identity.cert, 'ES256'))), kid: 'tls', x5c: [x5c(identity.cert)] };
    const { redirectUri } = await registerKeys(origin, id, { keys: [jwk] }, { more: ['--tls-certificates'] });
    return Object.assign(new CertificateOperator(), { origin, id, front, identity, redirectUri });
  }

  /** POST to an endpoint of Rastau; `identity`: another certificate than its own. */
  post(endpoint, fields, { identity = this.identity, headers = {} } = {}) {
    return postForm(`${this.front}/oauth2/${endpoint}`, { client_id: this.id, ...fields }, { identity, headers });
  }

  /** The parameters of a request, and its verifier. */
  request() {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const parameters = { response_type: 'code', redirect_uri: this.redirectUri, scope: 'play', state: verifier.slice(0, 20) };
    return { verifier, parameters: { ...parameters, code_challenge: challenge, code_challenge_method: 'S256' } };
  }

  /** An approved player goes through: tokens, bound to the certificate, or to the key of `prove(address, nonce)`, a DPoP proof. */
  async play(prove) {
    const { verifier, parameters } = this.request();
    const pushed = JSON.parse(assertStatus(await this.post('par', parameters), 201).text);
    const query = new URLSearchParams({ client_id: this.id, request_uri: pushed.request_uri });
    const back = await playScenario(this.origin, `${this.origin}/oauth2/authorize?${query}`, await scenario(this.origin, 'approved'));
    const code = new URL(back).searchParams.get('code');
    const headers = prove ? { dpop: await prove(`${this.origin}/oauth2/token`, await this.#nonce()) } : {};
    const fields = { grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, code_verifier: verifier };
    return JSON.parse(assertStatus(await this.post('token', fields, { headers }), 200).text);
  }

  /** Every answer brings one. */
  async #nonce() {
    return (await this.post('par', {})).headers['dpop-nonce'];
  }
}

function assertStatus(answer, status) {
  assert.equal(answer.status, status, answer.text);
  return answer;
}
