/** What a configuration calls a balancing, as the code that does it. */

import type { Balancing } from '../../../config/model/upstream.ts';
import type { Balancer } from './balancer.ts';
import { newConsistentHash } from './consistent.ts';
import { ipHash, keyHash } from './hashed.ts';
import { activeRequests, least } from './least.ts';
import { random, randomOfTwo } from './random.ts';
import { expectedTime } from './response-time.ts';
import { roundRobin } from './round-robin.ts';

export function newBalancer(balancing: Balancing, chance: () => number): Balancer {
  switch (balancing.kind) {
    case 'round-robin':
      return roundRobin;
    case 'least-conn':
      return least(activeRequests);
    case 'ip-hash':
      return ipHash;
    case 'hash':
      return balancing.isConsistent ? newConsistentHash() : keyHash;
    case 'least-time':
      return least(expectedTime(balancing.until));
    case 'random': {
      const { best } = balancing;
      if (best === undefined) {
        return random(chance);
      }
      return randomOfTwo(best === 'least-conn' ? activeRequests : expectedTime(best), chance);
    }
  }
}
