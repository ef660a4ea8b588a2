import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';

/** A key and a certificate for it, signed by itself. */
export function makeCertificate(folder, name) {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
}

/** The same, of a time that is over. */
export function makeExpiredCertificate(folder, name) {
  const { key } = makeCertificate(folder, name);
  const [keyFile, cert] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const request = execFileSync('openssl', ['req', '-new', '-key', keyFile, '-subj', `/CN=${name}`]);
  execFileSync('openssl', ['x509', '-req', '-key', keyFile, '-days', '-1', '-out', cert], { input: request, stdio: ['pipe', 'ignore', 'ignore'] });
  return { key, cert: readFileSync(cert, 'utf8') };
}

/** The certificate as `x5c` has it: base64 of its DER. */
export function x5c(cert) {
  return cert.replace(/-----[^-]+-----|\s/g, '');
}

/**
 * A TLS server before the service, as an operator of Rastau runs one: it asks for a client certificate, takes any, and
 * passes it on after RFC 9440.
 */
export async function startTlsProxy(origin, identity) {
  const server = createServer({ ...identity, requestCert: true, rejectUnauthorized: false }, (incoming, answer) => {
    const headers = { ...incoming.headers };
    delete headers['client-cert'];
    const shown = incoming.socket.getPeerCertificate().raw;
    if (shown) headers['client-cert'] = `:${shown.toString('base64')}:`;
    const onward = request(new URL(incoming.url, origin), { method: incoming.method, headers, family: 4 }, (came) => {
      answer.writeHead(came.statusCode, came.headers);
      came.pipe(answer);
    });
    onward.once('error', () => answer.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise((listening) => server.listen(0, 'localhost', listening));
  return { origin: `https://localhost:${server.address().port}`, close: () => server.close() };
}
