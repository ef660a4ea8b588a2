import { once } from 'node:events';
import { createServer } from 'node:net';

const HEAD_ENDS = /\r?\n\r?\n/;
/** What load balancers ask by themselves. */
const HEALTH = /^GET \/health\/ready /;
const ANSWERS = {
  health: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  request: 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nrecorded',
  upgrade: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
};

/** A server behind a proxy that keeps what comes, to the byte. */
export class Recorder {
  /** Heads with their bodies. */
  requests = [];
  /** Whether requests are read to their end and never answered. */
  hangsUp = false;

  static async listen() {
    const recorder = new Recorder();
    recorder.server = createServer((socket) => recorder.#hear(socket)).listen(0, '127.0.0.1');
    await once(recorder.server, 'listening');
    recorder.address = `127.0.0.1:${recorder.server.address().port}`;
    return recorder;
  }

  /** Connections are refused from now on. */
  close() {
    this.server.close();
  }

  #hear(socket) {
    let text = '';
    let place;
    socket.setEncoding('latin1').on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk;
      if (HEALTH.test(text)) return socket.end(ANSWERS.health);
      place ??= this.requests.push('') - 1;
      this.requests[place] = text;
      if (!isWhole(text)) return;
      if (this.hangsUp) socket.destroy();
      else if (/^upgrade:/im.test(text)) socket.write(ANSWERS.upgrade);
      else socket.end(ANSWERS.request);
    });
  }
}

function isWhole(text) {
  const [end] = text.match(HEAD_ENDS) ?? [];
  if (end === undefined) return false;
  const at = text.indexOf(end) + end.length;
  if (/^transfer-encoding: *chunked/im.test(text)) return text.slice(at).endsWith('0\r\n\r\n');
  return text.length - at >= Number(text.match(/^content-length: *(\d+)/im)?.[1] ?? 0);
}
