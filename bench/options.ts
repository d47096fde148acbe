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
  /** A partial or quick run must not replace the figures of a whole one. */
  readonly isRecord: boolean;
}

/** Many short rounds: a busy moment of a shared machine then spoils one round and not the median. */
const FULL = { rounds: 9, seconds: 2 };
const QUICK = { rounds: 3, seconds: 1 };
const PEERS = 'var/bench/peers';

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
    isRecord: !isQuick && cases.length === 0 && env['ROUNDS'] === undefined,
  };
}
