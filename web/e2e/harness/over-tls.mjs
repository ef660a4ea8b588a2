import { request } from 'node:https';

/**
 * One request to this machine over TLS, on a connection of its own.
 * @param {URL | string} address
 * @param {{ method?: string, headers?: Record<string, string>, body?: string, identity?: { key?: string, cert?: string } }} wishes
 */
export function overTls(address, { method = 'GET', headers = {}, body, identity = {} } = {}) {
  const { host, hostname, port, pathname, search } = new URL(address);
  // Servers of tests have certificates that they made themselves.
  const where = { host: '127.0.0.1', port, servername: hostname, path: pathname + search, rejectUnauthorized: false, agent: false };
  return new Promise((resolve, reject) => {
    const call = request({ ...where, method, headers: { host, ...headers }, ...identity }, (came) => {
      const chunks = [];
      came.on('data', (chunk) => chunks.push(chunk));
      came.once('error', reject);
      came.once('end', () => resolve({ status: came.statusCode, headers: came.headers, text: Buffer.concat(chunks).toString() }));
    });
    call.once('upgrade', (came, socket, first) => {
      socket.unshift(first);
      resolve({ status: came.statusCode, headers: came.headers, socket });
    });
    call.once('error', reject);
    call.end(body);
  });
}

/** POST of a form. */
export function postForm(address, fields, wishes = {}) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...wishes.headers };
  return overTls(address, { ...wishes, method: 'POST', headers, body: new URLSearchParams(fields).toString() });
}
