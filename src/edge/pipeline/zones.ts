/** The zones of `limit_req_zone` and `limit_conn_zone`: memory that all edge threads share, opened once in each. */

import type { Zone } from '../../config/model/access.ts';
import type { Template } from '../../config/model/template.ts';
import { ConnectionCounts, newCountMemory } from '../../kernel/zones/connection-count.ts';
import { newRateMemory, RequestRates } from '../../kernel/zones/request-rate.ts';
import type { CompiledTemplate } from './route.ts';

/** By the index of the zone in the model. */
export type ZoneMemory = readonly SharedArrayBuffer[];

export function newZoneMemory(zones: readonly Zone[]): ZoneMemory {
  return zones.map(({ kind, bytes }) => (kind === 'requests' ? newRateMemory(bytes) : newCountMemory(bytes)));
}

export interface RateZone {
  readonly name: string;
  readonly key: CompiledTemplate;
  readonly rates: RequestRates;
  /** Thousandths of a request a second. */
  readonly rate: number;
}

export interface CountZone {
  readonly name: string;
  readonly key: CompiledTemplate;
  readonly counts: ConnectionCounts;
}

export class OpenZones {
  readonly #rates = new Map<string, RateZone>();
  readonly #counts = new Map<string, CountZone>();

  constructor(zones: readonly Zone[], memory: ZoneMemory, compile: (template: Template) => CompiledTemplate) {
    zones.forEach(({ name, kind, key, bytes, ratePerKilosecond }, index) => {
      const shared = memory[index];
      if (shared === undefined) {
        throw new Error(`the zone "${name}" has no memory`);
      }
      if (kind === 'requests') {
        const rates = new RequestRates(shared, bytes);
        this.#rates.set(name, { name, key: compile(key), rates, rate: ratePerKilosecond });
      } else {
        this.#counts.set(name, { name, key: compile(key), counts: new ConnectionCounts(shared, bytes) });
      }
    });
  }

  /** Readers have checked the name: one that is unknown is a bug of theirs, and throws. */
  rates(name: string): RateZone {
    return known(this.#rates.get(name), name);
  }

  counts(name: string): CountZone {
    return known(this.#counts.get(name), name);
  }
}

function known<T>(zone: T | undefined, name: string): T {
  if (zone === undefined) {
    throw new Error(`the model has no zone "${name}"`);
  }
  return zone;
}
