import { describe, expect, it } from 'vitest';
import { toBase64url } from './base64url';
import { credentialJson } from './credential';
import { creationOptions, requestOptions } from './options';

const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);
const url = (...values: number[]): string => toBase64url(bytes(...values));

describe('the options for older browsers', () => {
  it('turn text into bytes where a new passkey wants bytes, and leave the rest', () => {
    const options = creationOptions({
      challenge: url(1, 2),
      rp: { id: 'example.org', name: 'Rastau' },
      user: { id: url(3), name: 'n', displayName: 'd' },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      excludeCredentials: [{ id: url(4), type: 'public-key', transports: ['internal'] }],
      timeout: 60_000,
    });
    expect(options).toEqual({
      challenge: bytes(1, 2),
      rp: { id: 'example.org', name: 'Rastau' },
      user: { id: bytes(3), name: 'n', displayName: 'd' },
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
      excludeCredentials: [{ id: bytes(4), type: 'public-key', transports: ['internal'] }],
      timeout: 60_000,
    });
  });

  it('do the same for a proof, with or without a list of passkeys', () => {
    expect(requestOptions({ challenge: url(1), rpId: 'example.org' })).toEqual({
      challenge: bytes(1),
      rpId: 'example.org',
      allowCredentials: [],
    });
    expect(requestOptions({ challenge: url(1), allowCredentials: [{ id: url(9), type: 'public-key' }] }).allowCredentials).toEqual([
      { id: bytes(9), type: 'public-key' },
    ]);
  });
});

describe('a credential of an older browser', () => {
  const common = { id: url(7), rawId: bytes(7).buffer, type: 'public-key', authenticatorAttachment: null, getClientExtensionResults: () => ({}) };

  it('becomes the JSON of a new passkey', () => {
    const response = { clientDataJSON: bytes(1).buffer, attestationObject: bytes(2).buffer };
    expect(credentialJson({ ...common, response } as unknown as PublicKeyCredential)).toEqual({
      id: url(7),
      rawId: url(7),
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON: url(1), attestationObject: url(2), transports: [] },
    });
  });

  it('becomes the JSON of a proof, the user handle only if there is one', () => {
    const response = { clientDataJSON: bytes(1).buffer, authenticatorData: bytes(2).buffer, signature: bytes(3).buffer, userHandle: null };
    expect(JSON.parse(JSON.stringify(credentialJson({ ...common, response } as unknown as PublicKeyCredential))).response).toEqual({
      clientDataJSON: url(1),
      authenticatorData: url(2),
      signature: url(3),
    });
  });
});
