import { locale } from '../i18n/locale.svelte';
import { localProblem, NETWORK, parseProblem, ProblemError, UNEXPECTED } from './problem';
import { visit } from './visit';

const PATIENCE_MS = 30_000;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function ask<T>(method: Method, path: string, body?: unknown, patienceMs = PATIENCE_MS): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': locale.current, ...visit.headers() };
  const init: RequestInit = { method, headers, cache: 'no-store', signal: AbortSignal.timeout(patienceMs) };
  if (body instanceof Uint8Array) {
    headers['Content-Type'] = 'application/octet-stream';
    init.body = body as Uint8Array<ArrayBuffer>;
  } else if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ProblemError(localProblem(NETWORK));
  }
  const answer: unknown = await response.json().catch(() => undefined);
  if (!response.ok) {
    throw new ProblemError(parseProblem(response.status, answer, response.headers.get('Retry-After')));
  }
  return answer as T;
}

/** A success whose body must be there. */
async function askForBody<T>(method: Method, path: string, body?: unknown, patienceMs?: number): Promise<T> {
  const answer = await ask<T | undefined>(method, path, body, patienceMs);
  if (answer === undefined) throw new ProblemError(localProblem(UNEXPECTED));
  return answer;
}

/** A picture that is asked for with a reason, and kept by this page alone. */
export const postForPicture = (path: string, body: unknown): Promise<Blob> => postForBlob(path, body, 'image/jpeg');

/** A file that is made for who asks. */
export const postForFile = (path: string): Promise<Blob> => postForBlob(path, {}, 'application/zip');

async function postForBlob(path: string, body: unknown, accept: string): Promise<Blob> {
  const headers = { Accept: `${accept}, application/problem+json`, 'Accept-Language': locale.current, 'Content-Type': 'application/json' };
  const init: RequestInit = { method: 'POST', headers, body: JSON.stringify(body), cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) };
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ProblemError(localProblem(NETWORK));
  }
  if (response.ok) return response.blob();
  const answer: unknown = await response.json().catch(() => undefined);
  throw new ProblemError(parseProblem(response.status, answer, response.headers.get('Retry-After')));
}

export const put = <T>(path: string, body: unknown): Promise<T> => askForBody<T>('PUT', path, body);
export const patch = <T>(path: string, body: unknown): Promise<T> => askForBody<T>('PATCH', path, body);
export const get = <T>(path: string): Promise<T> => askForBody<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}): Promise<T> => askForBody<T>('POST', path, body);

/** Bytes as they are; `patienceMs` is how long the answer may take. */
export const postBytes = <T>(path: string, bytes: Uint8Array<ArrayBuffer>, patienceMs: number): Promise<T> => askForBody<T>('POST', path, bytes, patienceMs);

/** For answers whose body, if any, says nothing that we need. */
export const send = async (path: string, body: unknown): Promise<void> => {
  await ask<unknown>('POST', path, body);
};

export const remove = async (path: string): Promise<void> => {
  await ask<unknown>('DELETE', path);
};
