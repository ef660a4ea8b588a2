// Judges the access token of a request for nginx' `auth_request`: 204 with the subject, 401, or 500 where nobody can tell.
import hashes from 'crypto';

// The token's letters need no escaping in a form.
const SHOWN = /^(DPoP|Bearer) +([A-Za-z0-9._~-]+)$/i;
const PROOF_SECONDS = 60;
// What stands before the point of a P-256 key in its SubjectPublicKeyInfo (RFC 5480).
const P256 = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');

async function token(r) {
    const shown = SHOWN.exec(r.headersIn['Authorization'] || '');
    if (!shown) return refuse(r);
    const asked = await r.subrequest('/.rastau/introspect', {
        method: 'POST',
        body: `client_id=${encodeURIComponent(r.variables.rastau_client_id)}&token=${shown[2]}`,
    });
    if (asked.status !== 200) {
        r.error(`introspection was answered ${asked.status}`);
        return r.return(500);
    }
    const told = JSON.parse(asked.responseText);
    if (told.active !== true || !(await isHolder(r, told.cnf || {}, shown[1].toLowerCase(), shown[2]))) return refuse(r);
    r.headersOut['Rastau-Subject'] = told.sub;
    return r.return(204);
}

function refuse(r) {
    r.headersOut['WWW-Authenticate'] = 'DPoP algs="ES256", error="invalid_token"';
    r.return(401);
}

// A token that is bound to nothing opens nothing.
async function isHolder(r, bound, scheme, shown) {
    if (bound.jkt) return scheme === 'dpop' && (await provesKey(r, bound.jkt, shown));
    const certificate = (r.variables.ssl_client_raw_cert || '').replace(/-----[^-]+-----|\s/g, '');
    return scheme === 'bearer' && bound['x5t#S256'] === sha256(Buffer.from(certificate, 'base64'));
}

// RFC 9449 section 4.3.
async function provesKey(r, thumbprint, shown) {
    try {
        const parts = (r.headersIn['DPoP'] || '').split('.');
        const header = JSON.parse(Buffer.from(parts[0], 'base64url'));
        const proof = JSON.parse(Buffer.from(parts[1], 'base64url'));
        const key = header.jwk;
        if (parts.length !== 3 || header.typ !== 'dpop+jwt' || header.alg !== 'ES256' || key.d !== undefined) return false;
        // RFC 7638: the members of the key in this order.
        if (thumbprint !== sha256(JSON.stringify({ crv: 'P-256', kty: 'EC', x: key.x, y: key.y }))) return false;
        const here = r.variables.api_origin + r.variables.request_uri.split('?')[0];
        if (proof.htm !== r.variables.request_method || proof.htu !== here || proof.ath !== sha256(shown)) return false;
        if (!(Math.abs(Date.now() / 1000 - proof.iat) <= PROOF_SECONDS)) return false;
        const spki = Buffer.concat([P256, Buffer.from(key.x, 'base64url'), Buffer.from(key.y, 'base64url')]);
        const imported = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
        const signature = Buffer.from(parts[2], 'base64url');
        const signed = Buffer.from(`${parts[0]}.${parts[1]}`);
        return await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, imported, signature, signed);
    } catch (unreadable) {
        return false;
    }
}

function sha256(bytes) {
    return hashes.createHash('sha256').update(bytes).digest('base64url');
}

export default { token };
