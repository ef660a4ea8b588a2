import { credentialJson } from './credential';
import { type CreationOptionsJson, creationOptions, type RequestOptionsJson, requestOptions } from './options';

/** Why a ceremony came to nothing, as far as the browser tells. */
export type PasskeyFailure = 'dismissed' | 'already_here' | 'unavailable';

export const passkeysKnown = (): boolean => typeof globalThis.PublicKeyCredential === 'function';

// The browser's own conversions know extensions that ours does not, so they come first.
interface JsonStatics {
  parseCreationOptionsFromJSON?(json: unknown): PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?(json: unknown): PublicKeyCredentialRequestOptions;
}

const statics = (): JsonStatics => PublicKeyCredential as unknown as JsonStatics;

function asJson(credential: Credential | null): unknown {
  if (!credential) throw new DOMException('no credential', 'NotAllowedError');
  const made = credential as PublicKeyCredential & { toJSON?(): unknown };
  return typeof made.toJSON === 'function' ? made.toJSON() : credentialJson(made);
}

export async function createPasskey(json: CreationOptionsJson): Promise<unknown> {
  const publicKey = statics().parseCreationOptionsFromJSON?.(json) ?? creationOptions(json);
  return asJson(await navigator.credentials.create({ publicKey }));
}

export async function usePasskey(json: RequestOptionsJson): Promise<unknown> {
  const publicKey = statics().parseRequestOptionsFromJSON?.(json) ?? requestOptions(json);
  return asJson(await navigator.credentials.get({ publicKey }));
}

export function passkeyFailure(error: unknown): PasskeyFailure | null {
  if (!(error instanceof DOMException)) return null;
  if (error.name === 'NotAllowedError' || error.name === 'AbortError') return 'dismissed';
  if (error.name === 'InvalidStateError') return 'already_here';
  return 'unavailable';
}
