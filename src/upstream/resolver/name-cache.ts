/** Answers of name servers, kept as long as they say, or as the configuration says. Who asks while a question is under way shares its answer. */

import type { Resolver as Rules } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { NameServers, ServiceRecord } from './name-servers.ts';

/** A server that stands behind a name or a service. */
export interface FoundServer {
  readonly address: string;
  /** Of a service; undefined: whatever port is wanted. */
  readonly service?: Omit<ServiceRecord, 'priority'> & { readonly isBackup: boolean };
}

export type NameAnswer =
  | { readonly kind: 'found'; readonly servers: readonly FoundServer[]; readonly untilMs: number }
  /** `reason` as nginx's log has it: `3: Host not found`. `isAbsent`: there is no such name; otherwise nobody knows. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isAbsent: boolean; readonly untilMs: number };

/** Names that clients have a say in come from outside: the answers that were used for the longest time make room. */
const ANSWERS_MAX = 1000;
/** One that is to be looked up again at once would be looked up with each request. */
const SHORTEST_MS = 1000;
/** Neither is a name that failed asked for by each request. */
const FAILED_MS = 1000;
/** Of a service: a record may name a server whose addresses are nowhere. */
const SERVICE_TARGETS_MAX = 256;

export class NameCache {
  readonly #rules: Rules;
  readonly #servers: NameServers;
  readonly #clock: Clock;
  readonly #answers = new Map<string, NameAnswer>();
  readonly #asked = new Map<string, Promise<NameAnswer>>();

  constructor(rules: Rules, servers: NameServers, clock: Clock) {
    this.#rules = rules;
    this.#servers = servers;
    this.#clock = clock;
  }

  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** An answer that is not too old. */
  fresh(name: string): NameAnswer | undefined {
    return this.#fresh(keyOf(name, ''));
  }

  #fresh(key: string): NameAnswer | undefined {
    const answer = this.#answers.get(key);
    return answer !== undefined && answer.untilMs > this.#clock.monotonicMs() ? answer : undefined;
  }

  /** The last answer, however old: what a new plan begins with. `service`: as in `lookUp`. */
  last(name: string, service = ''): NameAnswer | undefined {
    return this.#answers.get(keyOf(name, service));
  }

  /** `service`: `http` for `_http._tcp.NAME`, a whole prefix where it has a dot, '' for the addresses of the name. */
  lookUp(name: string, service = ''): Promise<NameAnswer> {
    const key = keyOf(name, service);
    const known = this.#fresh(key);
    if (known !== undefined) {
      return Promise.resolve(known);
    }
    const asked = this.#asked.get(key) ?? this.#ask(key, service !== '');
    this.#asked.set(key, asked);
    return asked;
  }

  async #ask(key: string, isService: boolean): Promise<NameAnswer> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(
      () => reject(Object.assign(new Error('no answer'), { code: 'ETIMEOUT' })),
      this.#rules.timeoutMs,
    );
    const answer = await Promise.race([isService ? this.#service(key) : this.#addresses(key), late]).catch(
      (error: unknown) => failed(error),
    );
    clearTimeout(timer);
    const timed = { ...answer, untilMs: this.#clock.monotonicMs() + Math.max(SHORTEST_MS, answer.untilMs) };
    this.#asked.delete(key);
    this.#remember(key, timed);
    return timed;
  }

  #remember(key: string, answer: NameAnswer): void {
    // Of a name that nobody can tell anything about, what was known stays to begin with.
    const isWorse = answer.kind === 'failed' && !answer.isAbsent && this.#answers.get(key)?.kind === 'found';
    if (isWorse) {
      return;
    }
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    if (this.#answers.size > ANSWERS_MAX) {
      const [oldest = ''] = this.#answers.keys();
      this.#answers.delete(oldest);
    }
  }

  /** `untilMs` is how long the answer holds, from now on. */
  async #addresses(name: string): Promise<NameAnswer> {
    const { asksIpv4, asksIpv6, validMs } = this.#rules;
    const families = [...(asksIpv4 ? [4 as const] : []), ...(asksIpv6 ? [6 as const] : [])];
    const results = await Promise.allSettled(families.map((family) => this.#servers.addresses(name, family)));
    const records = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (records.length === 0) {
      const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
      throw errors.find((error) => !isAbsent(codeOf(error))) ?? errors[0] ?? noData();
    }
    const ttlMs = 1000 * Math.min(...records.map(({ ttl }) => ttl));
    const addresses = [...new Set(records.map(({ address }) => address))];
    return { kind: 'found', servers: addresses.map((address) => ({ address })), untilMs: validMs ?? ttlMs };
  }

  async #service(key: string): Promise<NameAnswer> {
    const records = (await this.#servers.services(key)).slice(0, SERVICE_TARGETS_MAX);
    const first = Math.min(...records.map(({ priority }) => priority));
    const answers = await Promise.allSettled(records.map(({ name }) => this.#addresses(name)));
    const servers: FoundServer[] = [];
    let untilMs = Number.POSITIVE_INFINITY;
    answers.forEach((answer, index) => {
      const record = records[index];
      if (answer.status === 'rejected' || answer.value.kind === 'failed' || record === undefined) {
        return;
      }
      const { name, port, weight, priority } = record;
      untilMs = Math.min(untilMs, answer.value.untilMs);
      const service = { name, port, weight: Math.max(1, weight), isBackup: priority !== first };
      servers.push(...answer.value.servers.map(({ address }) => ({ address, service })));
    });
    if (servers.length === 0) {
      const lost = answers.find((answer) => answer.status === 'rejected');
      throw (lost?.reason as Error | undefined) ?? noData();
    }
    return { kind: 'found', servers, untilMs };
  }
}

/** What is asked for. Names are the same in capitals. */
function keyOf(given: string, service: string): string {
  const name = given.toLowerCase();
  if (service === '') {
    return name;
  }
  return service.includes('.') ? `${service}.${name}` : `_${service}._tcp.${name}`;
}

function noData(): Error {
  return Object.assign(new Error('no records'), { code: 'ENODATA' });
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}

function isAbsent(code: string): boolean {
  return code === 'ENOTFOUND' || code === 'ENODATA';
}

/** nginx's numbers and words. */
const REASONS: Readonly<Record<string, string>> = {
  EFORMERR: '1: Format error',
  ESERVFAIL: '2: Server failure',
  ENOTFOUND: '3: Host not found',
  ENODATA: '3: Host not found',
  ENOTIMP: '4: Unimplemented',
  EREFUSED: '5: Operation refused',
  ETIMEOUT: '110: Operation timed out',
};

function failed(error: unknown): NameAnswer {
  const code = codeOf(error);
  const reason = REASONS[code] ?? `unknown: ${code || String(error)}`;
  return { kind: 'failed', reason, isAbsent: isAbsent(code), untilMs: FAILED_MS };
}
