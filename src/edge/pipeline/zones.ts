/** The zones of `limit_req_zone` and `limit_conn_zone`: memory that all edge threads share, opened once in each. */

import type { Zone } from '../../config/model/access.ts';
import type { EdgeModel } from '../../config/model/server-model.ts';
import type { Template } from '../../config/model/template.ts';
import { ConnectionCounts, newCountMemory } from '../../kernel/zones/connection-count.ts';
import { newRateMemory, RequestRates } from '../../kernel/zones/request-rate.ts';
import { newSessionMemory } from '../../upstream/peers/sticky/session-table.ts';
import type { Route } from './route.ts';
import type { TemplateFor } from './subject.ts';

/** By the index of the zone in `zonesOf`. */
export type ZoneMemory = readonly SharedArrayBuffer[];

/** The sessions of `sticky learn`. */
export interface SessionZone {
  readonly kind: 'sessions';
  readonly name: string;
  readonly bytes: number;
}

/** All zones of a model: those of `zones` in their order, and behind them those of its upstreams. */
export function zonesOf({ zones, upstreams }: ModelWithZones): readonly (Zone | SessionZone)[] {
  const sessions = new Map<string, SessionZone>();
  for (const { sticky } of upstreams) {
    if (sticky?.kind === 'learn') {
      sessions.set(sticky.zone, { kind: 'sessions', name: `sticky ${sticky.zone}`, bytes: sticky.bytes });
    }
  }
  return [...zones, ...sessions.values()];
}

export type ModelWithZones = Pick<EdgeModel, 'zones' | 'upstreams'>;

export function newZoneMemory(zones: readonly Pick<Zone | SessionZone, 'kind' | 'bytes'>[]): ZoneMemory {
  return zones.map(({ kind, bytes }) => newMemory(kind, bytes));
}

function newMemory(kind: (Zone | SessionZone)['kind'], bytes: number): SharedArrayBuffer {
  switch (kind) {
    case 'requests':
      return newRateMemory(bytes);
    case 'connections':
      return newCountMemory(bytes);
    case 'sessions':
      return newSessionMemory(bytes);
  }
}

/** By the name of the zone of `sticky learn`. */
export function sessionsOf(model: ModelWithZones, memory: ZoneMemory): ReadonlyMap<string, SharedArrayBuffer> {
  const sessions = new Map<string, SharedArrayBuffer>();
  zonesOf(model).forEach(({ kind, name }, index) => {
    const shared = memory[index];
    if (kind === 'sessions' && shared !== undefined) {
      sessions.set(name.slice('sticky '.length), shared);
    }
  });
  return sessions;
}

export interface RateZone<S = Route> {
  readonly name: string;
  readonly key: TemplateFor<S>;
  readonly rates: RequestRates;
  /** Thousandths of a request a second. */
  readonly rate: number;
}

export interface CountZone<S = Route> {
  readonly name: string;
  readonly key: TemplateFor<S>;
  readonly counts: ConnectionCounts;
}

/** Each is opened when it is first asked for. */
export class OpenZones<S = Route> {
  readonly #zones: ReadonlyMap<string, { readonly zone: Zone; readonly shared: SharedArrayBuffer | undefined }>;
  readonly #compile: (template: Template) => TemplateFor<S>;
  readonly #rates = new Map<string, RateZone<S>>();
  readonly #counts = new Map<string, CountZone<S>>();

  constructor(zones: readonly Zone[], memory: ZoneMemory, compile: (template: Template) => TemplateFor<S>) {
    this.#zones = new Map(zones.map((zone, index) => [zone.name, { zone, shared: memory[index] }]));
    this.#compile = compile;
  }

  /** Readers have checked the name: one that is unknown is a bug of theirs, and throws. */
  rates(name: string): RateZone<S> {
    const known = this.#rates.get(name);
    if (known !== undefined) {
      return known;
    }
    const { zone, shared } = this.#zone(name, 'requests');
    const rates = new RequestRates(shared, zone.bytes);
    const fresh = { name, key: this.#compile(zone.key), rates, rate: zone.ratePerKilosecond };
    this.#rates.set(name, fresh);
    return fresh;
  }

  counts(name: string): CountZone<S> {
    const known = this.#counts.get(name);
    if (known !== undefined) {
      return known;
    }
    const { zone, shared } = this.#zone(name, 'connections');
    const fresh = { name, key: this.#compile(zone.key), counts: new ConnectionCounts(shared, zone.bytes) };
    this.#counts.set(name, fresh);
    return fresh;
  }

  #zone(name: string, kind: Zone['kind']): { readonly zone: Zone; readonly shared: SharedArrayBuffer } {
    const { zone, shared } = this.#zones.get(name) ?? {};
    if (zone?.kind !== kind || shared === undefined) {
      throw new Error(`the model has no zone "${name}"`);
    }
    return { zone, shared };
  }
}
