// Clients that pause between requests, as people do, and tell how long each answer took. wrk cannot tell the answers
// to different paths apart.

import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  readonly port: number;
  readonly clients: number;
  readonly pauseMs: number;
  readonly seconds: number;
  /** The path of the next request. */
  nextPath(): string;
}

export interface Answer {
  readonly path: string;
  readonly tookMs: number;
  /** When it came, on the clock of `performance.now()`. */
  readonly atMs: number;
  /** 0: none came. */
  readonly status: number;
  /** Times that it was asked for again, because the server had closed the kept connection under the request. */
  readonly repeats: number;
}

const REQUEST_TIMEOUT_MS = 10_000;
/** After a failure, so that a server that is down is not asked as fast as a client can. */
const FAILURE_PAUSE_MS = 10;

export async function runClients(pace: Pace): Promise<Answer[]> {
  const endMs = performance.now() + pace.seconds * 1000;
  const answers = await Promise.all(
    Array.from({ length: pace.clients }, async (_, index) => runClient(pace, index / pace.clients, endMs)),
  );
  return answers.flat();
}

/** `phase` spreads the clients over a pause, so that they do not all come at once. */
async function runClient(pace: Pace, phase: number, endMs: number): Promise<Answer[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const answers: Answer[] = [];
  await sleep(pace.pauseMs * phase);
  while (performance.now() < endMs) {
    const answer = await ask(agent, pace.port, pace.nextPath());
    answers.push(answer);
    if (answer.status === 0) await sleep(FAILURE_PAUSE_MS);
    if (pace.pauseMs > 0) await sleep(pace.pauseMs);
  }
  agent.destroy();
  return answers;
}

async function ask(agent: Agent, port: number, path: string): Promise<Answer> {
  const beganMs = performance.now();
  for (let repeats = 0; ; repeats += 1) {
    const { status, isClosedUnder } = await attempt(agent, port, path);
    if (isClosedUnder) continue;
    const atMs = performance.now();
    return { path, tookMs: atMs - beganMs, atMs, status, repeats };
  }
}

interface Attempt {
  readonly status: number;
  /** RFC 9112 9.3.1: closed before any answer on a connection that had been used; a client may ask again. */
  readonly isClosedUnder: boolean;
}

function attempt(agent: Agent, port: number, path: string): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const request = get({ host: '127.0.0.1', port, path, agent, timeout: REQUEST_TIMEOUT_MS }, (response) => {
    response.resume();
    response.on('close', () => {
      resolve({ status: response.complete ? (response.statusCode ?? 0) : 0, isClosedUnder: false });
    });
  });
  request.on('timeout', () => request.destroy(new Error('no answer in time')));
  request.on('error', (error: NodeJS.ErrnoException) => {
    resolve({ status: 0, isClosedUnder: request.reusedSocket && error.code === 'ECONNRESET' });
  });
  return promise;
}
