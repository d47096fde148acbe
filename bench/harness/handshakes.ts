// The load of handshakes: several `openssl s_time` at a time, which connect, shake hands and go, again and again.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Handshakes {
  readonly version: 'tls1_2' | 'tls1_3';
  /** With the session of the first connection, which was a full handshake. */
  readonly isResumed: boolean;
}

export interface HandshakesResult {
  readonly connections: number;
  readonly perSecond: number;
  /** Empty when nothing went wrong. */
  readonly faults: string;
}

/** Enough that the server always has one waiting; a client takes at least as long for a handshake as a server. */
const CLIENTS = 4;
const EXTRA_MS = 15_000;
const run = promisify(execFile);

export function handshakesCommand(
  { version, isResumed }: Handshakes,
  seconds: number,
  port: number | string,
): string[] {
  // TLS 1.3: the ticket comes behind the handshake, and a client that reads nothing has none.
  const asks = isResumed && version === 'tls1_3' ? ['-www', '/'] : [];
  const whole = String(Math.max(1, Math.round(seconds)));
  return ['openssl', 's_time', '-connect', `127.0.0.1:${port}`, `-${version}`, isResumed ? '-reuse' : '-new'].concat(
    asks,
    ['-time', whole],
  );
}

export async function runHandshakes(load: Handshakes, seconds: number, port: number): Promise<HandshakesResult> {
  const [program = '', ...args] = handshakesCommand(load, seconds, port);
  const beganMs = performance.now();
  const outputs = await Promise.all(
    Array.from({ length: CLIENTS }, async () => run(program, args, { timeout: seconds * 1000 + EXTRA_MS })),
  );
  const tookSeconds = (performance.now() - beganMs) / 1000;
  const results = outputs.map(({ stdout }) => parseHandshakes(stdout, load.isResumed));
  const connections = results.reduce((sum, result) => sum + result.connections, 0);
  const faults = results.map((result) => result.faults).find((fault) => fault !== '') ?? '';
  return { connections, perSecond: connections / tookSeconds, faults };
}

/** s_time prints a letter for each connection: `r` for one that was resumed. */
export function parseHandshakes(text: string, isResumed: boolean): Omit<HandshakesResult, 'perSecond'> {
  const [, connections = '0'] = /^(\d+) connections in \d+ real seconds/m.exec(text) ?? [];
  const [, letters = ''] = /^([*rt]+)$/m.exec(text) ?? [];
  const full = letters.replaceAll('r', '').length;
  if (connections === '0') return { connections: 0, faults: 'no handshakes' };
  const faults = isResumed && full > 0 ? `${full} of ${letters.length} handshakes were not resumed` : '';
  return { connections: Number(connections), faults };
}
