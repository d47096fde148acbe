/** What name servers have answered, kept as long as they say, or as the configuration says. Who asks while a question is under way shares its answer. */

import type { Resolver as Rules } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { DnsService } from '../../protocol/dns/parse-response.ts';
import { renderQuestion } from '../../protocol/dns/render-question.ts';
import { describeCode, NO_SUCH_NAME, TIMED_OUT } from '../../protocol/dns/response-codes.ts';
import type { NameRecords } from './name-records.ts';
import { recordsOf } from './name-records.ts';
import type { NameServers } from './name-servers.ts';

/** A server that stands behind a name or a service. */
export interface FoundServer {
  readonly address: string;
  /** Of a service; undefined: whatever port is wanted. */
  readonly service?: Omit<DnsService, 'priority'> & { readonly isBackup: boolean };
}

export type NameAnswer =
  | {
      readonly kind: 'found';
      readonly servers: readonly FoundServer[];
      readonly untilMs: number;
      /** Of the servers of a service: `NAME could not be resolved (2: Server failure)`. */
      readonly lost?: readonly string[];
    }
  /** `reason` as nginx's log has it: `3: Host not found`. `isAbsent`: there is no such name; otherwise nobody knows. */
  | { readonly kind: 'failed'; readonly reason: string; readonly isAbsent: boolean; readonly lost?: readonly string[] };

/** Names that clients have a say in come from outside: the answers that came first make room. */
const ANSWERS_MAX = 1000;
/** One that is to be looked up again at once would be looked up with each request. */
const SHORTEST_MS = 1000;
/** What somebody has mistyped is not believed for years (RFC 8767 4 has days to weeks). */
const LONGEST_MS = 86_400_000;
/** A name that is not there may be there in a moment, and is not asked for by each request until then. */
const ABSENT_MS = 1000;
/** Names that stand for other names, one after the other. Name servers follow so many themselves, and nginx 50. */
const ALIASES_MAX = 16;
/** Of a service: a record may name a server whose addresses are nowhere. */
const SERVICE_TARGETS_MAX = 256;

interface Kept {
  readonly records: NameRecords;
  /** Of what is no alias: made once, for all requests that find it here. */
  readonly answer: NameAnswer;
  readonly untilMs: number;
}

/** Somebody who waits for a name. */
interface Waiter {
  hasLeft: boolean;
}

interface Question {
  readonly waiters: Set<Waiter>;
  readonly kept: Promise<Kept>;
}

export class NameCache {
  readonly #rules: Rules;
  readonly #servers: NameServers;
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();
  readonly #questions = new Map<string, Question>();

  constructor(rules: Rules, servers: NameServers, clock: Clock) {
    this.#rules = rules;
    this.#servers = servers;
    this.#clock = clock;
  }

  get nowMs(): number {
    return this.#clock.monotonicMs();
  }

  get rules(): Rules {
    return this.#rules;
  }

  /** The addresses of a name, or why it has none, if that is known. */
  fresh(given: string): NameAnswer | undefined {
    let name = plain(given);
    for (let followed = 0; followed <= ALIASES_MAX; followed += 1) {
      const kept = this.#fresh(keyOf(name, false));
      if (kept?.records.kind !== 'alias') {
        return kept?.answer;
      }
      name = kept.records.name;
    }
    return failed(NO_SUCH_NAME);
  }

  #fresh(key: string): Kept | undefined {
    const kept = this.#kept.get(key);
    return kept !== undefined && kept.untilMs > this.#clock.monotonicMs() ? kept : undefined;
  }

  /** `service`: `http` for `_http._tcp.NAME`, a whole prefix where it has a dot, '' for the addresses of the name. Rejects never. */
  async lookUp(given: string, service = ''): Promise<NameAnswer> {
    const waiter: Waiter = { hasLeft: false };
    const { promise: late, resolve } = Promise.withResolvers<NameAnswer>();
    const { timeoutMs } = this.#rules;
    // nginx's 0 is no limit. A name that nobody tells anything about makes room when others need it.
    const timer = timeoutMs === 0 ? undefined : setTimeout(() => resolve(failed(TIMED_OUT)), timeoutMs);
    const name = plain(given);
    const found = service === '' ? this.#addresses(name, waiter) : this.#service(serviceName(name, service), waiter);
    const answer = await Promise.race([found, late]);
    clearTimeout(timer);
    waiter.hasLeft = true;
    return answer;
  }

  async #addresses(name: string, waiter: Waiter): Promise<NameAnswer> {
    return (await this.#follow(name, false, waiter)).answer;
  }

  /** What the name comes to that all the aliases lead to, for as long as all of these hold. */
  async #follow(first: string, isService: boolean, waiter: Waiter): Promise<Kept> {
    let name = first;
    let untilMs = Number.POSITIVE_INFINITY;
    for (let followed = 0; followed <= ALIASES_MAX; followed += 1) {
      const kept = await this.#find(name, isService, waiter);
      untilMs = Math.min(untilMs, kept.untilMs);
      if (kept.records.kind !== 'alias') {
        return untilMs === kept.untilMs ? kept : keptOf(kept.records, untilMs);
      }
      name = kept.records.name;
    }
    return keptOf(ABSENT, untilMs);
  }

  #find(name: string, isService: boolean, waiter: Waiter): Promise<Kept> {
    const key = keyOf(name, isService);
    const known = this.#fresh(key);
    if (known !== undefined) {
      return Promise.resolve(known);
    }
    if (renderQuestion(0, name, 'A') === undefined) {
      return Promise.resolve(keptOf(ABSENT, 0));
    }
    const question = this.#questions.get(key) ?? this.#ask(key, name, isService);
    question.waiters.add(waiter);
    return question.kept;
  }

  #ask(key: string, name: string, isService: boolean): Question {
    const { asksIpv4, asksIpv6 } = this.#rules;
    const waiters = new Set<Waiter>();
    const families = [...(asksIpv4 ? ['A' as const] : []), ...(asksIpv6 ? ['AAAA' as const] : [])];
    const types = isService ? ['SRV' as const] : families;
    const isWanted = (): boolean => [...waiters].some(({ hasLeft }) => !hasLeft);
    const kept = this.#servers.ask({ name, types, isWanted }).then((replies) => {
      this.#questions.delete(key);
      return this.#keep(key, recordsOf(replies));
    });
    const question = { waiters, kept };
    this.#questions.set(key, question);
    return question;
  }

  #keep(key: string, records: NameRecords): Kept {
    const kept = keptOf(records, this.#clock.monotonicMs() + this.#validMs(records));
    this.#kept.delete(key);
    if (records.kind !== 'failed' || records.code === NO_SUCH_NAME) {
      this.#kept.set(key, kept);
    }
    if (this.#kept.size > ANSWERS_MAX) {
      const [oldest = ''] = this.#kept.keys();
      this.#kept.delete(oldest);
    }
    return kept;
  }

  #validMs(records: NameRecords): number {
    if (records.kind === 'failed') {
      return ABSENT_MS;
    }
    return this.#rules.validMs ?? Math.max(SHORTEST_MS, Math.min(LONGEST_MS, 1000 * records.ttl));
  }

  async #service(name: string, waiter: Waiter): Promise<NameAnswer> {
    const { records, answer: whole, untilMs } = await this.#follow(name, true, waiter);
    if (records.kind !== 'services') {
      return whole;
    }
    const services = records.services.slice(0, SERVICE_TARGETS_MAX);
    const answers = await Promise.all(services.map((service) => this.#addresses(plain(service.name), waiter)));
    const first = Math.min(...services.map(({ priority }) => priority));
    const servers = answers.flatMap((answer, index) => {
      const { name: target, port, weight, priority } = services[index]!;
      const service = { name: target, port, weight: Math.max(1, weight), isBackup: priority !== first };
      return answer.kind === 'found' ? answer.servers.map(({ address }) => ({ address, service })) : [];
    });
    const lost = answers.flatMap((answer, index) =>
      answer.kind === 'failed' ? [`${services[index]?.name} could not be resolved (${answer.reason})`] : [],
    );
    if (servers.length === 0) {
      const failures = answers.flatMap((answer) => (answer.kind === 'failed' ? [answer] : []));
      const failure = failures.find(({ isAbsent }) => isAbsent) ?? failures[0] ?? failed(NO_SUCH_NAME);
      return { ...failure, lost };
    }
    const ends = answers.map((answer) => (answer.kind === 'found' ? answer.untilMs : Number.POSITIVE_INFINITY));
    return { kind: 'found', servers, untilMs: Math.min(untilMs, ...ends), lost };
  }
}

/** Names are the same in capitals, and with the dot of the root at their end. */
function plain(given: string): string {
  const name = given.toLowerCase();
  return name.endsWith('.') ? name.slice(0, -1) : name;
}

function serviceName(name: string, service: string): string {
  return service.includes('.') ? `${service.toLowerCase()}.${name}` : `_${service.toLowerCase()}._tcp.${name}`;
}

/** The addresses of a name are another answer than its services. */
function keyOf(name: string, isService: boolean): string {
  return isService ? `SRV ${name}` : name;
}

const ABSENT = { kind: 'failed', code: NO_SUCH_NAME } as const;

function keptOf(records: NameRecords, untilMs: number): Kept {
  return { records, answer: answerOf(records, untilMs), untilMs };
}

function answerOf(records: NameRecords, untilMs: number): NameAnswer {
  switch (records.kind) {
    case 'addresses':
      return { kind: 'found', servers: records.addresses.map((address) => ({ address })), untilMs };
    case 'failed':
      return failed(records.code);
    default:
      return failed(NO_SUCH_NAME);
  }
}

function failed(code: number): Extract<NameAnswer, { readonly kind: 'failed' }> {
  return { kind: 'failed', reason: describeCode(code), isAbsent: code === NO_SUCH_NAME };
}
