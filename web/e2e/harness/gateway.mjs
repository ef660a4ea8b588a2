// nginx, HAProxy and Apache as programs of their own, with the files of `examples` as an operator would fill them.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './service.mjs';

const STARTS_WITHIN_MS = 10_000;
const STOPS_WITHIN_MS = 5_000;
const IS_ROOT = process.getuid() === 0;
/** Where Debian has Apache's modules. */
const APACHE_MODULES = '/usr/lib/apache2/modules';
/** What Debian's Apache has on without a2enmod. */
const APACHE_ALWAYS = ['mpm_event', 'authn_core', 'authz_core'];

/** How each program is started on a file, beside what the machine's own configuration would bring. */
const PROGRAMS = {
  nginx(folder, file) {
    const modules = /^js_import/m.test(readFileSync(file, 'utf8')) ? 'load_module /usr/lib/nginx/modules/ngx_http_js_module.so;' : '';
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`);
    const main = [
      ...[modules, IS_ROOT ? 'user root;' : '', 'daemon off;', 'worker_processes 1;', `pid ${folder}/pid;`, 'error_log stderr warn;'],
      ...['events {}', 'http {', 'access_log off;', ...temporary, `include ${file};`, '}'],
    ];
    return ['/usr/sbin/nginx', ['-e', 'stderr', '-p', folder, '-c', written(folder, 'nginx.conf', main)]];
  },
  haproxy(_folder, file) {
    return ['/usr/sbin/haproxy', ['-db', '-f', file]];
  },
  apache(folder, file) {
    const text = readFileSync(file, 'utf8');
    // As its head says, so that it must be right.
    const enabled = text.match(/a2enmod (.*)$/m)[1].split(' ');
    const ports = new Set(Array.from(text.matchAll(/^<VirtualHost \*:(\d+)>/gm), ([, port]) => port));
    const main = [
      `ServerRoot "${folder}"`,
      'ServerName localhost',
      ...[...APACHE_ALWAYS, ...enabled].map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`),
      ...Array.from(ports, (port) => `Listen ${port}`),
      ...(IS_ROOT ? ['User www-data', 'Group www-data'] : []),
      ...[`PidFile "${folder}/pid"`, `DefaultRuntimeDir "${folder}"`, 'ErrorLog /dev/stderr', 'LogLevel warn', `Include "${file}"`],
    ];
    return ['/usr/sbin/apache2', ['-D', 'FOREGROUND', '-f', written(folder, 'apache.conf', main)]];
  },
};

/** One of these programs, on a file of `examples`. */
export class Gateway {
  #child;
  #log;

  /** What it wrote, for when something went wrong. */
  get log() {
    return readFileSync(this.#log, 'utf8');
  }

  /**
   * @param {'nginx' | 'haproxy' | 'apache'} program
   * @param {string} recipe a file in `examples`
   * @param {Record<string, string | number>} values its placeholders
   * @param {number[]} ports where it will listen
   */
  static async start(program, recipe, values, ports) {
    const folder = mkdtempSync(join(process.env.E2E_SCRATCH, `${program}-`));
    const [command, args] = PROGRAMS[program](folder, fill(folder, recipe, values));
    const gateway = new Gateway();
    gateway.#log = join(folder, 'log');
    const log = openSync(gateway.#log, 'a');
    // Whatever ends this process, nothing of it stays behind.
    gateway.#child = spawn('setpriv', ['--pdeathsig', 'TERM', command, ...args], { stdio: ['ignore', log, log] });
    closeSync(log);
    await once(gateway.#child, 'spawn');
    const end = Date.now() + STARTS_WITHIN_MS;
    for (const port of ports) {
      while (!(await listens(port))) {
        if (gateway.#ended || Date.now() > end) {
          await gateway.close();
          throw new Error(`${program} on ${recipe}:\n${gateway.log}`);
        }
        await new Promise((next) => setTimeout(next, 25));
      }
    }
    return gateway;
  }

  get #ended() {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async close() {
    if (this.#ended) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const force = setTimeout(() => this.#child.kill('SIGKILL'), STOPS_WITHIN_MS);
    await gone;
    clearTimeout(force);
  }
}

/** Fills a recipe by the command that its README gives. */
function fill(folder, recipe, values) {
  const source = join(ROOT, 'examples', recipe);
  const names = new Set(readFileSync(source, 'utf8').match(/\$\{[A-Z_0-9]*\}/g));
  for (const name of names) {
    if (!(name.slice(2, -1) in values)) throw new Error(`${recipe} has ${name}, which nobody fills`);
  }
  const env = { ...process.env, ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])) };
  const filled = execFileSync('bash', ['-c', `envsubst "$(grep -o '\${[A-Z_0-9]*}' "$0")" < "$0"`, source], { env });
  return written(folder, 'recipe', [filled.toString()]);
}

function written(folder, name, lines) {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
