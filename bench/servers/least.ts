import type { Kind } from './kind.ts';

/** What no server of Portico's shape can do without, and nothing more (bench/least): where it misses a bar too, the shape does. */
export const LEAST = 'the least of two processes';
export const LEAST_ALONE = 'the least of one process';

/** Node.js before a process of Python, as Portico has them. */
export function leastRelay(): Kind {
  return least(LEAST, ['relays']);
}

/** One process of Node.js with one thread, which answers every request with the same 1 KB. */
export function leastAlone(): Kind {
  return least(LEAST_ALONE, []);
}

function least(name: string, mode: readonly string[]): Kind {
  return {
    name,
    plan: (_site, { peers, port }) => ({
      files: {},
      commands: [{ argv: [`${peers}/bin/python`, '../least/least_server.py', 'node', port, ...mode], role: 'portico' }],
    }),
  };
}
