import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';

const LOOK_MS = 200;

/**
 * A reverse proxy as they are in front of replicas: each request to the next of those that say they are ready, and to another one only
 * where the connection was refused, so that nothing was sent. `replicas` changes while it runs.
 */
export async function startBalancer(port) {
  const replicas = new Map();
  const ready = new Set();
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let turn = 0;

  const look = async () => {
    for (const [name, at] of replicas) {
      const good = await status(at, '/health/ready').catch(() => 0);
      if (good === 200 && replicas.has(name)) ready.add(name);
      else ready.delete(name);
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);

  const server = createServer((incoming, answer) => {
    const body = [];
    incoming.on('data', (chunk) => body.push(chunk));
    incoming.on('end', () => pass(incoming, Buffer.concat(body), answer, ready.size));
  });
  const pass = (incoming, body, answer, tries) => {
    const names = [...ready];
    turn += 1;
    const at = replicas.get(names[turn % names.length]);
    if (!at || tries === 0) return void answer.writeHead(503).end('no replica is ready');
    const { method, url, headers } = incoming;
    const onward = request({ port: at, host: '127.0.0.1', method, path: url, headers, agent }, (got) => {
      // What concerns the connection behind goes no further (RFC 9110 section 7.6.1): who is stopping says `close`.
      const { connection: _, 'keep-alive': _kept, ...headers } = got.headers;
      answer.writeHead(got.statusCode, headers);
      got.pipe(answer);
    });
    onward.on('error', (error) => {
      if (error.code === 'ECONNREFUSED') pass(incoming, body, answer, tries - 1);
      else answer.writeHead(502).end(String(error));
    });
    onward.end(body);
  };
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    add: (name, at) => replicas.set(name, at),
    remove: (name) => {
      replicas.delete(name);
      ready.delete(name);
    },
    isReady: (name) => ready.has(name),
    stop: () => {
      clearInterval(timer);
      agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

function status(port, path) {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, agent: false }, (got) => {
      got.resume();
      resolve(got.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}
