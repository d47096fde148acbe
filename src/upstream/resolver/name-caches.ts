/** The resolvers of an edge thread. Plans that come and go share what was found. */

import type { Resolver } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import { NameCache } from './name-cache.ts';
import type { NameServers } from './name-servers.ts';

/** Configurations that were changed so often have no use for the first. */
const RESOLVERS_MAX = 32;

/** A line for the error log. */
export type ResolverLog = (text: string) => void;

export class NameCaches {
  readonly #clock: Clock;
  readonly #newServers: (rules: Resolver, log: ResolverLog) => NameServers;
  readonly #caches = new Map<string, NameCache>();

  constructor(newServers: (rules: Resolver, log: ResolverLog) => NameServers, clock: Clock) {
    this.#newServers = newServers;
    this.#clock = clock;
  }

  /** `log`: of the thread, which outlives plans. */
  of(rules: Resolver, log: ResolverLog): NameCache {
    const key = JSON.stringify(rules);
    const known = this.#caches.get(key);
    if (known !== undefined) {
      return known;
    }
    const fresh = new NameCache(rules, this.#newServers(rules, log), this.#clock);
    this.#caches.set(key, fresh);
    if (this.#caches.size > RESOLVERS_MAX) {
      const [oldest = ''] = this.#caches.keys();
      this.#caches.delete(oldest);
    }
    return fresh;
  }
}
