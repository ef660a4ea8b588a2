// oidc-provider, set up for what is measured: two clients, opaque tokens to ask about, refresh tokens that rotate and give
// JWTs (ES256). Reads its settings as JSON from PEER, and prints the tokens as one line of JSON when it serves.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import Provider from 'oidc-provider';
import { MapAdapter } from './adapter.mjs';

const { port, chains, basic, assertion } = JSON.parse(process.env.PEER);
const issuer = `http://localhost:${port}`;
const OPAQUE = 'urn:bench:opaque';
const JWT = 'urn:bench:jwt';
const HOURS = 12 * 3600;

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const grantTypes = { grant_types: ['refresh_token', 'client_credentials'], response_types: [], redirect_uris: [] };
const clients = [
  { client_id: basic.id, client_secret: basic.secret, token_endpoint_auth_method: 'client_secret_basic', ...grantTypes },
  {
    client_id: assertion.id,
    jwks: { keys: [assertion.jwk] },
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    ...grantTypes,
  },
].map((client) => ({ scope: 'play', id_token_signed_response_alg: 'ES256', ...client }));

const provider = new Provider(issuer, {
  adapter: MapAdapter,
  clients,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'one' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  scopes: ['play'],
  clientAuthMethods: ['client_secret_basic', 'private_key_jwt'],
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  ttl: { AccessToken: HOURS, ClientCredentials: 300, RefreshToken: HOURS, Grant: HOURS },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      defaultResource: (_, client, among) => among ?? JWT,
      getResourceServerInfo: (_, resource) =>
        resource === JWT
          ? { scope: 'play', accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }
          : { scope: 'play', accessTokenTTL: HOURS, accessTokenFormat: 'opaque' },
    },
  },
});

/** What the flow with a browser would leave behind for one player. */
async function granted(clientId, number, resource) {
  const accountId = `player-${number}`;
  const client = await provider.Client.find(clientId);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addResourceScope(resource, 'play');
  const grantId = await grant.save();
  return { accountId, client, grantId, gty: 'authorization_code', scope: 'play' };
}

async function opaque(clientId, number) {
  const token = new provider.AccessToken(await granted(clientId, number, OPAQUE));
  token.resourceServer = new provider.ResourceServer(OPAQUE, { scope: 'play', accessTokenTTL: HOURS, accessTokenFormat: 'opaque' });
  return token.save();
}

async function refresh(clientId, number) {
  const of = await granted(clientId, number, JWT);
  return new provider.RefreshToken({ ...of, resource: JWT, authTime: Math.floor(Date.now() / 1000) }).save();
}

const each = (make) => Promise.all(Array.from({ length: chains }, (_, number) => make(number)));

provider.on('server_error', (_, error) => console.error(error));
provider.listen(port, '127.0.0.1', async () => {
  const tokens = {
    node: process.version,
    basic: { access: await each((n) => opaque(basic.id, n)), refresh: await each((n) => refresh(basic.id, n)) },
    assertion: { access: await each((n) => opaque(assertion.id, n)), refresh: await each((n) => refresh(assertion.id, n)) },
  };
  console.log(JSON.stringify(tokens));
});
