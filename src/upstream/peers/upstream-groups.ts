/** All upstreams of a plan in one edge thread, and what goes on behind them as long as the plan is run: names that could not be found are looked up again. */

import type { HealthCheck, Upstream } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ConnectionParts } from '../connections/upstream-connection.ts';
import { isAddress } from '../resolver/is-address.ts';
import type { LastAnswers } from '../resolver/last-answers.ts';
import type { NameCache } from '../resolver/name-cache.ts';
import { ResolvedServer } from '../resolver/resolved-server.ts';
import type { StartNames } from '../resolver/start-names.ts';
import { namesOf } from '../resolver/start-names.ts';
import type { FoundAddresses, SystemLookup } from '../resolver/system-names.ts';
import { HealthChecks } from './health/health-checks.ts';
import type { Asked } from './health/probe.ts';
import { startProbe } from './health/probe.ts';
import { peerAddresses, resolvedPeers } from './peer-addresses.ts';
import { PeerMemory } from './peer-memory.ts';
import { UpstreamGroup } from './upstream-group.ts';

export interface UpstreamGroupsParts {
  readonly upstreams: readonly Upstream[];
  /** Upstreams of streams may have the names of those of requests. */
  readonly kind: 'http' | 'stream';
  /** Shared by the edge threads: of peers, and of the sessions of `sticky learn` by the names of their zones. */
  readonly memory: SharedArrayBuffer;
  readonly sessions: ReadonlyMap<string, SharedArrayBuffer>;
  /** Index of the thread. The first one tells the log what all of them notice. */
  readonly thread: number;
  readonly names: StartNames;
  readonly lookup: SystemLookup;
  /** By index of the resolver in the model. */
  readonly namesBy: (resolver: number) => NameCache;
  /** What the plans before this one have found. */
  readonly last: LastAnswers;
  readonly clock: Clock;
  /** Of health checks. */
  readonly connections: ConnectionParts;
  /** What the servers of an upstream are asked that are checked. */
  readonly probeOf: (upstream: Upstream, check: HealthCheck) => Asked;
  readonly log: (level: 'info' | 'warning' | 'error', text: string) => void;
}

/** A name that cannot be found is looked up again after so long, and after twice as long each time. */
const AGAIN_MS = 5000;
const AGAIN_MAX_MS = 60_000;
/** Of one server with `resolve`. A name server may tell some 6,000 addresses, and all upstreams together have room for about 16,000: no name takes it from all others. */
const RESOLVED_MAX = 1000;

export class UpstreamGroups {
  readonly groups: readonly UpstreamGroup[];
  readonly #parts: UpstreamGroupsParts;
  readonly #memory: PeerMemory;
  readonly #names: Map<string, FoundAddresses>;
  #timer: NodeJS.Timeout | undefined;
  #againMs = AGAIN_MS;
  #isClosed = false;
  readonly #resolved: ResolvedServer[] = [];
  readonly #checks: HealthChecks[] = [];
  /** How many servers have had no room, of those where some had none. */
  readonly #homeless = new Map<UpstreamGroup, number>();

  /** Throws where there is no room for the numbers of all peers. */
  constructor(parts: UpstreamGroupsParts) {
    const { upstreams, memory: shared, thread, clock, kind, sessions } = parts;
    this.#parts = parts;
    this.#names = new Map(parts.names);
    const memory = new PeerMemory(shared, thread);
    this.#memory = memory;
    this.groups = upstreams.map((upstream) => {
      const zone = upstream.sticky?.kind === 'learn' ? sessions.get(upstream.sticky.zone) : undefined;
      const group = new UpstreamGroup({
        ...{ upstream, memory, clock, kind, chance: Math.random },
        ...(zone === undefined ? {} : { sessions: zone }),
      });
      // Those that name servers have told do not keep a configuration from being served.
      if (this.#fill(group, { ...upstream, servers: upstream.servers.filter(({ resolves }) => !resolves) }) > 0) {
        throw new Error(
          `there is no room for the servers of the upstream "${upstream.name}": all upstreams may have about 16,000`,
        );
      }
      this.#homeless.set(group, this.#fill(group, upstream));
      return group;
    });
  }

  /** Gives how many servers had no room. */
  #fill(group: UpstreamGroup, { name, servers, resolver }: Upstream): number {
    let tooMany = 0;
    const peers = servers.flatMap((server) => {
      if (!server.resolves || resolver === undefined || isAddress(server.host)) {
        return peerAddresses(server, (host) => this.#names.get(host));
      }
      const found = this.#parts.last.of(this.#keyOf(name, server));
      tooMany += Math.max(0, found.length - RESOLVED_MAX);
      return resolvedPeers(server, found.slice(0, RESOLVED_MAX));
    });
    return tooMany + group.setPeers(peers);
  }

  /** The plan is run from now on. */
  begin(): void {
    for (const name of this.#missing()) {
      const found = this.#names.get(name);
      const why =
        found === undefined || Array.isArray(found) ? 'no name server answers' : (found as { code: string }).code;
      this.#log(
        'warning',
        `host not found in upstream "${this.#upstreamOf(name)}": ${name} (${why}); it is looked up again`,
      );
    }
    this.#lookAgain();
    this.#parts.upstreams.forEach((upstream, index) => {
      const group = this.groups[index];
      this.#tellHomeless(upstream.name, group === undefined ? 0 : (this.#homeless.get(group) ?? 0));
      if (group !== undefined && upstream.resolver !== undefined) {
        this.#resolve(group, upstream, this.#parts.namesBy(upstream.resolver));
      }
      if (group !== undefined && upstream.healthCheck !== undefined) {
        this.#check(group, upstream, upstream.healthCheck);
      }
    });
  }

  /** Of a server with `resolve`, in all plans. */
  #keyOf(upstream: string, { host, service }: Upstream['servers'][number]): string {
    return `${this.#parts.kind} ${upstream} ${host} ${service}`;
  }

  /** Names of servers with `resolve` are looked up whenever what is known of them is too old. */
  #resolve(group: UpstreamGroup, upstream: Upstream, names: NameCache): void {
    for (const server of upstream.servers) {
      if (server.resolves && !isAddress(server.host)) {
        this.#resolved.push(
          new ResolvedServer({
            ...{ server, names, last: this.#parts.last, key: this.#keyOf(upstream.name, server) },
            onChanged: () => this.#refill(group, upstream),
            onFailed: (text) => this.#log('error', text),
          }),
        );
      }
    }
  }

  #refill(group: UpstreamGroup, upstream: Upstream): void {
    const homeless = this.#fill(group, upstream);
    const before = this.#homeless.get(group) ?? 0;
    this.#homeless.set(group, homeless);
    // Addresses may change each second.
    if (before === 0) {
      this.#tellHomeless(upstream.name, homeless);
    }
  }

  #tellHomeless(upstream: string, count: number): void {
    if (count > 0) {
      this.#log('warning', `upstream "${upstream}": there is no room for ${count} of its servers`);
    }
  }

  #check(group: UpstreamGroup, upstream: Upstream, check: HealthCheck): void {
    const checks = new HealthChecks({
      ...{ group, check, memory: this.#memory, connections: this.#parts.connections },
      ...{ asked: this.#parts.probeOf(upstream, check), probe: startProbe, chance: Math.random, log: this.#parts.log },
    });
    this.#checks.push(checks);
    checks.begin();
  }

  close(): void {
    this.#isClosed = true;
    for (const checks of this.#checks) {
      checks.close();
    }
    clearTimeout(this.#timer);
    for (const server of this.#resolved) {
      server.close();
    }
    for (const group of this.groups) {
      group.close();
    }
  }

  #missing(): readonly string[] {
    return namesOf(this.#parts.upstreams).filter((name) => !Array.isArray(this.#names.get(name)));
  }

  #upstreamOf(name: string): string {
    return this.#parts.upstreams.find(({ servers }) => servers.some(({ host }) => host === name))?.name ?? '';
  }

  #lookAgain(): void {
    if (this.#isClosed || this.#missing().length === 0) {
      return;
    }
    this.#timer = setTimeout(() => void this.#look(), this.#againMs);
    this.#timer.unref();
    this.#againMs = Math.min(AGAIN_MAX_MS, 2 * this.#againMs);
  }

  async #look(): Promise<void> {
    const { lookup, upstreams } = this.#parts;
    await Promise.all(
      this.#missing().map(async (name) => {
        const found = await lookup(name);
        if (!Array.isArray(found) || this.#isClosed) {
          return;
        }
        this.#names.set(name, found);
        this.#log('info', `${name} of upstream "${this.#upstreamOf(name)}" was found: ${found.join(' ')}`);
        upstreams.forEach((upstream, index) => {
          const group = this.groups[index];
          if (group !== undefined && upstream.servers.some(({ host }) => host === name)) {
            this.#fill(group, upstream);
          }
        });
      }),
    );
    this.#lookAgain();
  }

  #log(level: 'info' | 'warning' | 'error', text: string): void {
    if (this.#parts.thread === 0) {
      this.#parts.log(level, text);
    }
  }
}
