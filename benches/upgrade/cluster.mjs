import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** A PostgreSQL cluster of its own below `folder`, reached by its socket; the server refuses to run as root. */
export function startCluster(folder) {
  const version = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))[0];
  const program = (name) => join(DEBIAN, version, 'bin', name);
  const [data, socket] = [join(folder, 'data'), join(folder, 'socket')];
  const user = process.getuid() === 0 ? Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' })) : process.getuid();
  mkdirSync(socket, { recursive: true });
  mkdirSync(data, { recursive: true });
  chmodSync(folder, 0o755);
  for (const own of [data, socket]) chownSync(own, user, -1);
  const run = (name, ...args) => execFileSync(program(name), args, { uid: user, cwd: socket, stdio: ['ignore', 'ignore', 'inherit'] });
  run('initdb', '--username', 'rastau', '--auth', 'trust', '--pgdata', data, '--no-sync');
  run('pg_ctl', '--pgdata', data, '--wait', '--log', join(socket, 'log'), '--options', `-k ${socket} -c listen_addresses= -c max_connections=200`, 'start');
  return {
    url: `postgres://rastau@localhost/postgres?host=${socket}`,
    stop: () => run('pg_ctl', '--pgdata', data, '--mode', 'immediate', 'stop'),
  };
}
