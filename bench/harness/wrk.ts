// The load: wrk, one thread, over loopback.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Load {
  readonly connections: number;
  readonly path: string;
  /** A script in bench/loads that says what is sent. */
  readonly script?: string;
  /** Host, where it is not the address. */
  readonly host?: string;
  /** Over TLS. */
  readonly isSecure?: boolean;
}

export interface WrkResult {
  readonly requests: number;
  readonly perSecond: number;
  readonly bytesPerSecond: number;
  /** What went wrong, in wrk's words; empty when nothing did. */
  readonly faults: string;
}

/** Connections at a time where nothing else is said: enough to keep one worker busy, as on a site with visitors. */
export const CONNECTIONS = 64;
/** Beyond the seconds asked for; a server that hangs must not hold up the rest. */
const EXTRA_MS = 15_000;
const UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };
const run = promisify(execFile);

export function wrkCommand(load: Load, seconds: number, port: number | string): string[] {
  const script = load.script === undefined ? [] : ['-s', `bench/loads/${load.script}`];
  const host = load.host === undefined ? [] : ['-H', `Host: ${load.host}`];
  return [
    'wrk',
    '-t1',
    `-c${load.connections}`,
    `-d${seconds}s`,
    ...script,
    ...host,
    `${load.isSecure === true ? 'https' : 'http'}://127.0.0.1:${port}${load.path}`,
  ];
}

export async function runWrk(load: Load, seconds: number, port: number): Promise<WrkResult> {
  const [program = '', ...args] = wrkCommand(load, seconds, port);
  const { stdout } = await run(program, args, { timeout: seconds * 1000 + EXTRA_MS });
  return parseWrk(stdout);
}

export function parseWrk(text: string): WrkResult {
  const [, requests = '0'] = /(\d+) requests in /.exec(text) ?? [];
  const [, perSecond = '0'] = /^Requests\/sec:\s+([\d.]+)/m.exec(text) ?? [];
  const [, transferred = '0', unit = 'B'] = /^Transfer\/sec:\s+([\d.]+)([KMG]?B)/m.exec(text) ?? [];
  const faults = [...text.matchAll(/^ +(Socket errors|Non-2xx or 3xx responses): (.*)$/gm)];
  return {
    requests: Number(requests),
    perSecond: Number(perSecond),
    bytesPerSecond: Number(transferred) * (UNITS[unit] ?? 1),
    faults: faults.map(([, kind, count]) => `${kind}: ${count}`).join('; '),
  };
}
