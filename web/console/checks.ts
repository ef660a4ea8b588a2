import { digitsOnly, iinHint } from '../shared/iin/iin';
import type { Key } from './say';

/** What is wrong with something that was typed, as a sentence of the console; null when nothing is. The server decides. */
export type Fault = Key | null;

const SHORTEST_WHY = 3;
const LONGEST_WHY = 200;
const LONGEST_NAME = 100;
const MOST_REQUESTS = 100_000;

const length = (text: string): number => [...text.trim()].length;

export const whyFault = (why: string): Fault => (length(why) >= SHORTEST_WHY && length(why) <= LONGEST_WHY ? null : 'fault.why');
export const loginFault = (login: string): Fault => (/^[a-z0-9._-]{2,64}$/.test(login.trim()) ? null : 'fault.login');
export const operatorIdFault = (id: string): Fault => (/^[a-z0-9._-]{3,64}$/.test(id.trim()) ? null : 'fault.operator_id');
export const nameFault = (name: string): Fault => (length(name) >= 1 && length(name) <= LONGEST_NAME ? null : 'fault.name');
export const rateFault = (rate: number | null): Fault => (rate !== null && Number.isInteger(rate) && rate >= 1 && rate <= MOST_REQUESTS ? null : 'fault.rate');
export const codeFault = (code: string): Fault => (/^\d{8}$/.test(code.replace(/\D/g, '')) ? null : 'fault.code');

export function iinFault(typed: string): Fault {
  const hint = iinHint(digitsOnly(typed));
  if (hint === null) return null;
  return hint === 'incomplete' ? 'fault.iin' : 'fault.iin_slip';
}

/** Lines of addresses, without blank ones. */
export const lines = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

export function urisFault(text: string): Fault {
  const all = lines(text);
  return all.length > 0 && all.every((line) => URL.canParse(line) && !line.includes('#')) ? null : 'fault.uris';
}

export const urlFault = (text: string): Fault => (URL.canParse(text.trim()) ? null : 'fault.url');
