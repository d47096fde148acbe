/** The overload of a gateway under test: counted for it alone, its lines kept in a list. */

import { newOverloadCounters, Overload } from './overload.ts';

/** A limit that no test comes near. */
const DESCRIPTORS_MAX = 1024;

/** `waiting`: how many calls wait in the queue, whose limit is `queueMax`. Lines go to `logged`, each with its level in front. */
export function fakeOverload(queueMax: number, waiting: () => number, logged: string[]): Overload {
  return new Overload({
    counters: newOverloadCounters(),
    queueMax,
    waiting,
    descriptorsMax: DESCRIPTORS_MAX,
    log: (level, text) => logged.push(`${level} ${text}`),
  });
}
