import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const READY_WITHIN_MS = 60_000;

/**
 * A server on one core, ended with this process at the latest.
 * @param isReady looks at each line of its output; what it returns when it is true resolves as `told`
 */
export async function startPinned({ core, command, args, cwd, env, isReady }) {
  const child = spawn('taskset', ['-c', String(core), command, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const last = () => child.kill('SIGKILL');
  process.once('exit', last);
  const gone = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  let log = '';
  const told = await new Promise((resolve, reject) => {
    const hear = (line) => {
      const ready = isReady && isReady(line);
      if (ready) resolve(ready);
      // What it complains of while it is measured spoils the figures: better seen.
      else if (/ERROR|WARN|panicked/.test(line)) console.error(line);
      log = (log + line + '\n').slice(-4096);
    };
    createInterface(child.stdout).on('line', hear);
    createInterface(child.stderr).on('line', hear);
    child.once('error', reject);
    child.once('exit', (code, signal) => reject(new Error(`${command} ended (${code ?? signal}):\n${log}`)));
    AbortSignal.timeout(READY_WITHIN_MS).addEventListener('abort', () => reject(new Error(`${command} is not ready:\n${log}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    await gone;
    process.off('exit', last);
  };
  // taskset becomes the server: the process is the same.
  return { pid: child.pid, told, stop };
}
