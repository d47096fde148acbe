import { resolve } from 'node:path';

export interface Options {
  readonly rounds: number;
  readonly seconds: number;
  /** Names of cases (W1, S1, …); undefined: all. */
  readonly cases: readonly string[] | undefined;
  /** The virtual environment that holds the peers and the application's packages. */
  readonly peers: string;
  /** Whether it is the caller's, who looks after it. */
  readonly hasOwnPeers: boolean;
  /** The page in bench/ that keeps the figures; undefined: none does. A partial or quick run must not replace the figures of a whole one. */
  readonly record: string | undefined;
}

/** Many short rounds: a busy moment of a shared machine then spoils one round and not the median. */
const FULL = { rounds: 9, seconds: 2 };
const QUICK = { rounds: 3, seconds: 1 };
const PEERS = 'var/bench/peers';
/** Of a run of everything. */
const WHOLE = 'results';

export function readOptions(env: Readonly<Record<string, string | undefined>>): Options {
  const isQuick = !['', '0', undefined].includes(env['QUICK']);
  const rounds = Number(env['ROUNDS'] ?? Number.NaN);
  const cases = (env['CASES'] ?? '').split(/[\s,]+/).filter((name) => name !== '');
  return {
    ...(isQuick ? QUICK : FULL),
    ...(rounds >= 1 ? { rounds: Math.floor(rounds) } : {}),
    cases: cases.length > 0 ? cases.map((name) => name.toUpperCase()) : undefined,
    peers: resolve(env['PEERS'] ?? PEERS),
    hasOwnPeers: env['PEERS'] !== undefined,
    record:
      readRecord(env['RECORD']) ?? (isQuick || cases.length > 0 || env['ROUNDS'] !== undefined ? undefined : WHOLE),
  };
}

function readRecord(name: string | undefined): string | undefined {
  if (name === undefined || name === '') {
    return undefined;
  }
  if (!/^[a-z][a-z-]*$/.test(name) || name === WHOLE) {
    throw new Error(`RECORD is the name of a page beside ${WHOLE}.md, in small letters`);
  }
  return name;
}
