/** The servers that names of upstreams were last known to be, in one edge thread. A new plan begins with them, and they are used for as long as nobody knows better. */

import type { FoundServer } from './name-cache.ts';

/** Upstreams of plans that are gone have no use for theirs. */
const ANSWERS_MAX = 1000;

export class LastAnswers {
  readonly #servers = new Map<string, readonly FoundServer[]>();

  /** `key`: of the upstream and its server, so that another one with other name servers does not begin with what these say. */
  of(key: string): readonly FoundServer[] {
    return this.#servers.get(key) ?? [];
  }

  /** In one order, whichever name servers have: each thread has the same list then, and an answer in another order is none that has changed. */
  keep(key: string, servers: readonly FoundServer[]): void {
    this.#servers.delete(key);
    this.#servers.set(key, servers.toSorted(compare));
    if (this.#servers.size > ANSWERS_MAX) {
      const [oldest = ''] = this.#servers.keys();
      this.#servers.delete(oldest);
    }
  }
}

function compare(one: FoundServer, other: FoundServer): number {
  return (
    Number(one.address.includes(':')) - Number(other.address.includes(':')) ||
    compareText(one.address, other.address) ||
    (one.service?.port ?? 0) - (other.service?.port ?? 0) ||
    compareText(one.service?.name ?? '', other.service?.name ?? '') ||
    (one.service?.weight ?? 0) - (other.service?.weight ?? 0)
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
