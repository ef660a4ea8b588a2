import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The repository: the binary looks for its models there. */
export const ROOT = join(import.meta.dirname, '../../..');
const READY = 'Rastau serves at';
const READY_WITHIN_MS = 60_000;
const STOPS_WITHIN_MS = 15_000;

/** The binary under test. */
export function binary() {
  assert.ok(process.env.RASTAU_BIN, 'RASTAU_BIN must name the binary: the absolute path of rastau');
  return process.env.RASTAU_BIN;
}

/** The real service in sandbox mode, as a process of its own: it can be stopped, killed, halted and started again. */
export class Service {
  #child = null;
  #log = '';

  /** @param {{ data: string, port: number }} options `data`: a folder of its own, found again at the next start. */
  constructor({ data, port }) {
    this.data = data;
    this.port = port;
    this.origin = `http://localhost:${port}`;
  }

  /** What it wrote, for when something went wrong. */
  get log() {
    return this.#log;
  }

  /** Lines of trouble in it, but for those that are `expected`. */
  troubles(expected) {
    return this.#log.split('\n').filter((line) => /panicked|ERROR/.test(line) && !expected.test(line));
  }

  /** Resolves when it serves. */
  async start() {
    const args = ['demo', '--no-story', '--port', String(this.port), '--data', this.data];
    const child = spawn(binary(), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    // Whatever ends this process, nothing of it stays behind.
    const last = () => child.kill('SIGKILL');
    process.once('exit', last);
    child.once('exit', () => process.off('exit', last));
    const ready = new Promise((resolve, reject) => {
      const hear = (chunk) => {
        this.#log += chunk;
        if (this.#log.includes(READY)) resolve();
      };
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`rastau ended (${code ?? signal}):\n${this.#log}`)));
      AbortSignal.timeout(READY_WITHIN_MS).addEventListener('abort', () => reject(new Error(`not ready:\n${this.#log}`)));
    });
    try {
      await ready;
    } catch (error) {
      await this.kill();
      throw error;
    }
    return this;
  }

  /** As an operator stops it; by force when it does not listen. */
  async stop() {
    await this.#end('SIGTERM');
  }

  /** As a power cut stops it. */
  async kill() {
    await this.#end('SIGKILL');
  }

  /** Answers nothing any more, and closes nothing either, until `resume`. */
  pause() {
    this.#child?.kill('SIGSTOP');
  }

  resume() {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal) {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await gone;
    clearTimeout(force);
    this.#log = this.#log.replace(READY, 'Rastau served at');
  }
}

/** A port that nobody listens on just now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
