import { fromBase64url } from '../shared/webauthn/base64url';

/** The header of a signed token, for showing; nothing is verified here, that is what the operator's server did. */
export function jwtHeader(token: string): unknown {
  try {
    const bytes = fromBase64url(token.split('.')[0] ?? '');
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}
