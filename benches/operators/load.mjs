import { readFileSync } from 'node:fs';
import { quantile } from './figures.mjs';

const WARM_UP_SECONDS = 1;
/** Of the kernel's clock in /proc; Linux shows everyone the same. */
const TICKS_PER_SECOND = 100;

/**
 * As much as the server bears: every slot asks again as soon as it is answered.
 * @param slots each `{ connection, next(), took(body) }`: the next request as bytes, and what the answer said
 * @returns answers a second, the server's CPU time for each in microseconds, how much of its core it got, and how busy this process was
 */
export async function saturate(slots, seconds, pid) {
  let counted = 0;
  let until = performance.now() + WARM_UP_SECONDS * 1e3;
  const round = () => Promise.all(slots.map((slot) => asLongAs(slot, () => performance.now() < until, () => (counted += 1))));
  await round();
  counted = 0;
  const [began, server, own] = [performance.now(), cpuSeconds(pid), process.cpuUsage()];
  until = began + seconds * 1e3;
  await round();
  const took = (performance.now() - began) / 1e3;
  const used = cpuSeconds(pid) - server;
  const { user, system } = process.cpuUsage(own);
  return {
    perSecond: counted / took,
    cpuMicroseconds: (used / counted) * 1e6,
    serverCore: used / took,
    generatorCore: (user + system) / 1e6 / took,
  };
}

/**
 * A constant rate, whatever becomes of the requests before. Each latency counts from the instant when its request was due, so that
 * a server that stalls is charged for all who would have come meanwhile (no coordinated omission).
 * @returns milliseconds
 */
export async function paced(slots, rate, seconds) {
  const total = Math.floor(rate * seconds);
  const latencies = new Float64Array(total);
  const free = [...slots];
  let [sent, answered] = [0, 0];
  await new Promise((resolve, reject) => {
    const began = performance.now();
    const due = (request) => began + (request * 1e3) / rate;
    // Not a timer: those wake a millisecond late.
    const turn = () => {
      while (sent < total && free.length > 0 && due(sent) <= performance.now()) {
        const slot = free.shift();
        const since = due(sent);
        sent += 1;
        ask(slot).then(() => {
          latencies[answered] = performance.now() - since;
          answered += 1;
          free.push(slot);
          if (answered === total) resolve();
        }, reject);
      }
      if (sent < total) setImmediate(turn);
    };
    turn();
  });
  latencies.sort();
  return { rate, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), most: latencies[total - 1] };
}

async function asLongAs(slot, goesOn, count) {
  while (goesOn()) {
    await ask(slot);
    count();
  }
}

/** A refusal ends the run: how fast a server refuses is not the question. */
function ask(slot) {
  return new Promise((resolve, reject) => {
    const done = (status, body) => {
      if (status !== 200 || slot.took(body) === false) reject(new Error(`${status} ${body}`));
      else resolve();
    };
    slot.connection.ask(slot.next(), done, reject);
  });
}

/** CPU time of all threads of a process. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
