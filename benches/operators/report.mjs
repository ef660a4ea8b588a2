import { INTROSPECTION, ISSUE } from './measured.mjs';

/** What is to hold: ratios of throughput, answers a second, milliseconds at half of the load. */
const BARS = { [INTROSPECTION]: { ratio: 1.5, perSecond: 5000, p99: 20 }, [ISSUE]: { ratio: 2, p99: 20 } };

const COLUMNS = [
  ['', ({ name, server }) => `${name}: ${server}`],
  ['a second', ({ perSecond }) => Math.round(perSecond)],
  ['CPU us each', ({ cpuMicroseconds }) => Math.round(cpuMicroseconds)],
  ['core used', ({ serverCore }) => percent(serverCore)],
  ['load generator', ({ generatorCore }) => percent(generatorCore)],
  ['at half: p50 ms', ({ p50 }) => p50?.toFixed(2) ?? ''],
  ['p99 ms', ({ p99 }) => p99?.toFixed(2) ?? ''],
];

/** A table of medians, and whether the bars hold. */
export function report({ machine, peer, rounds, seconds, chains, measured }) {
  const head = `${machine.processor}, ${machine.cores} cores, load average ${machine.loadAverage.toFixed(1)}; ${peer}`;
  const how = `medians of ${rounds} rounds of ${seconds} s, ${chains} connections`;
  const rows = [COLUMNS.map(([title]) => title), ...measured.map((one) => COLUMNS.map(([, show]) => String(show(one))))];
  return [head, how, '', table(rows), '', ...Object.keys(BARS).flatMap((name) => held(name, measured))].join('\n');
}

function held(name, measured) {
  const [ours, theirs] = ['rastau', 'oidc-provider'].map((server) => measured.find((one) => one.name === name && one.server === server));
  if (!ours || !theirs) return [];
  const bar = BARS[name];
  const line = (what, is, holds) => `${name}: ${what} ${is} ${holds ? '(held)' : '(missed)'}`;
  const ratio = ours.perSecond / theirs.perSecond;
  const lines = [line(`ratio, at least ${bar.ratio}:`, ratio.toFixed(2), ratio >= bar.ratio)];
  if (bar.perSecond) lines.push(line(`a second, at least ${bar.perSecond}:`, Math.round(ours.perSecond), ours.perSecond >= bar.perSecond));
  // What the ratio would be were the core all theirs: other programs and the disk take time, and little CPU time of a request.
  lines.push(`${name}: ratio by CPU time: ${(theirs.cpuMicroseconds / ours.cpuMicroseconds).toFixed(2)}`);
  lines.push(line(`p99 at half, under ${bar.p99} ms:`, ours.p99.toFixed(2), ours.p99 < bar.p99));
  return lines;
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const cell = (text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column]));
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

function percent(part) {
  return `${Math.round(part * 100)} %`;
}
