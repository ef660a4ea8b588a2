import { connect } from 'node:net';
import { once } from 'node:events';

const END_OF_HEAD = Buffer.from('\r\n\r\n');
const LENGTH = /\r\ncontent-length: (\d+)/i;

/** One kept-alive HTTP/1.1 connection: one request after the other, answers with a length, nothing else. */
export class Connection {
  #socket;
  #received = null;
  #done = null;
  #failed = null;

  static async open(port) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#hear(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed a connection')));
  }

  /** Sends a request as it goes over the wire; `done(status, body)` when it is answered. */
  ask(request, done, failed) {
    this.#done = done;
    this.#failed = failed;
    this.#socket.write(request);
  }

  close() {
    this.#failed = null;
    this.#socket.destroy();
  }

  #hear(chunk) {
    const all = this.#received ? Buffer.concat([this.#received, chunk]) : chunk;
    const headEnds = all.indexOf(END_OF_HEAD);
    const head = headEnds < 0 ? null : all.latin1Slice(0, headEnds);
    const length = head && Number(LENGTH.exec(head)?.[1] ?? NaN);
    if (Number.isNaN(length)) return this.#fail(new Error(`an answer without a length:\n${head}`));
    if (head === null || all.length < headEnds + 4 + length) {
      this.#received = all;
      return undefined;
    }
    this.#received = null;
    const done = this.#done;
    this.#done = null;
    return done(Number(head.slice(9, 12)), all.latin1Slice(headEnds + 4));
  }

  #fail(error) {
    const failed = this.#failed;
    this.#failed = null;
    failed?.(error);
  }
}
