import { toBase64url } from './base64url';

const optional = (bytes: ArrayBuffer | null | undefined): string | undefined => (bytes ? toBase64url(bytes) : undefined);

/** A credential as the JSON that the server reads, for browsers whose credentials have no `toJSON`. */
export function credentialJson(credential: PublicKeyCredential): unknown {
  const common = {
    id: credential.id,
    rawId: toBase64url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
  const clientDataJSON = toBase64url(credential.response.clientDataJSON);
  if ('attestationObject' in credential.response) {
    const made = credential.response as AuthenticatorAttestationResponse;
    return {
      ...common,
      response: {
        clientDataJSON,
        attestationObject: toBase64url(made.attestationObject),
        transports: made.getTransports?.() ?? [],
      },
    };
  }
  const proof = credential.response as AuthenticatorAssertionResponse;
  return {
    ...common,
    response: {
      clientDataJSON,
      authenticatorData: toBase64url(proof.authenticatorData),
      signature: toBase64url(proof.signature),
      userHandle: optional(proof.userHandle),
    },
  };
}
