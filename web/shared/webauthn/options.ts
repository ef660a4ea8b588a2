import { fromBase64url } from './base64url';

/** WebAuthn's JSON options, as far as we read them ourselves; everything else passes through as it came. */
interface DescriptorJson {
  readonly id: string;
  readonly type: PublicKeyCredentialType;
  readonly transports?: AuthenticatorTransport[];
}

export interface CreationOptionsJson {
  readonly challenge: string;
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly excludeCredentials?: readonly DescriptorJson[];
  readonly timeout?: number;
  readonly authenticatorSelection?: AuthenticatorSelectionCriteria;
  readonly attestation?: AttestationConveyancePreference;
}

export interface RequestOptionsJson {
  readonly challenge: string;
  readonly rpId?: string;
  readonly allowCredentials?: readonly DescriptorJson[];
  readonly timeout?: number;
  readonly userVerification?: UserVerificationRequirement;
}

const descriptor = ({ id, ...rest }: DescriptorJson): PublicKeyCredentialDescriptor => ({ ...rest, id: fromBase64url(id) });

/** The conversion for browsers that have no `parseCreationOptionsFromJSON`. */
export function creationOptions(json: CreationOptionsJson): PublicKeyCredentialCreationOptions {
  const { challenge, user, excludeCredentials, ...rest } = json;
  return {
    ...rest,
    challenge: fromBase64url(challenge),
    user: { ...user, id: fromBase64url(user.id) },
    excludeCredentials: (excludeCredentials ?? []).map(descriptor),
  };
}

/** The conversion for browsers that have no `parseRequestOptionsFromJSON`. */
export function requestOptions(json: RequestOptionsJson): PublicKeyCredentialRequestOptions {
  const { challenge, allowCredentials, ...rest } = json;
  return { ...rest, challenge: fromBase64url(challenge), allowCredentials: (allowCredentials ?? []).map(descriptor) };
}
