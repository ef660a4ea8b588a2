import { execFile } from 'node:child_process';
import { binary } from './service.mjs';

/** Names of the checks that a site got wrong. */
export function wrong(report) {
  return report.findings.filter((finding) => finding.wrong).map((finding) => finding.check);
}

/** Runs `rastau conformance` against a site; `only`: names of checks, `more`: further arguments. */
export function conformance(origin, start, signedIn, only = [], more = []) {
  const args = ['conformance', '--sandbox', origin, '--start', start, '--post', '--signed-in', signedIn, '--json'];
  return new Promise((resolve) => {
    execFile(binary(), [...args, ...only.flatMap((name) => ['--only', name]), ...more], (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, report: stdout ? JSON.parse(stdout) : null, error: stderr });
    });
  });
}
