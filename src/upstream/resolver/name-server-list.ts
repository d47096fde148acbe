/** The addresses of the name servers of a `resolver`, in which order they are asked, and who of them answers. A name server that has a name itself stands for all its addresses, which the system knows. */

import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import type { Clock } from '../../kernel/clock.ts';
import { isAddress } from './is-address.ts';
import { RESOLVER_LIMITS } from './limits.ts';
import type { NameServer } from './name-line.ts';
import type { SystemLookup } from './system-names.ts';

export interface NameServerListParts {
  /** `127.0.0.1:53`, `::1:53`, `dns.internal:53`. */
  readonly servers: readonly string[];
  readonly lookup: SystemLookup;
  readonly clock: Clock;
  /** A line for the error log. */
  readonly log: (text: string) => void;
  /** There are addresses where none were known. */
  readonly onFound: () => void;
}

export class NameServerList {
  readonly #parts: NameServerListParts;
  readonly #named: readonly Omit<NameServer, 'name'>[];
  #servers: readonly NameServer[];
  readonly #silentUntilMs = new Map<string, number>();
  #next = 0;
  #isLooking = false;
  #lookAgainMs = 0;

  constructor(parts: NameServerListParts) {
    this.#parts = parts;
    this.#named = parts.servers.map(readServer);
    this.#servers = this.#with(new Map());
    if (this.#servers.length < this.#named.length) {
      void this.#look();
    }
  }

  get count(): number {
    return this.#servers.length;
  }

  /** Where the next question begins: each with another server, but not with one that has just been silent while there is one that has not. */
  begin(): number {
    const count = Math.max(1, this.#servers.length);
    const nowMs = this.#parts.clock.monotonicMs();
    let index = this.#next % count;
    for (let tried = 0; tried < count && this.#isSilent(index, nowMs); tried += 1) {
      index = (index + 1) % count;
    }
    this.#next = (index + 1) % count;
    return index;
  }

  #isSilent(index: number, nowMs: number): boolean {
    return (this.#silentUntilMs.get(this.#servers[index]?.name ?? '') ?? 0) > nowMs;
  }

  /** Undefined: nobody is known yet. */
  at(index: number): NameServer | undefined {
    return this.#servers[index % Math.max(1, this.#servers.length)];
  }

  noteAnswer(server: NameServer): void {
    this.#silentUntilMs.delete(server.name);
  }

  noteSilence(server: NameServer | undefined): void {
    if (server !== undefined) {
      this.#silentUntilMs.set(server.name, this.#parts.clock.monotonicMs() + RESOLVER_LIMITS.silentMs);
    }
    const hasNames = this.#named.some(({ host }) => !isAddress(host));
    if (hasNames && !this.#isLooking && this.#parts.clock.monotonicMs() >= this.#lookAgainMs) {
      void this.#look();
    }
  }

  /** Names are few: each is looked up at once. One that is not found has no address, until it is looked up again. */
  async #look(): Promise<void> {
    this.#isLooking = true;
    const found = new Map<string, readonly string[]>();
    for (const { host } of this.#named) {
      if (!isAddress(host) && !found.has(host)) {
        const addresses = await this.#parts.lookup(host);
        if ('code' in addresses) {
          this.#parts.log(`host not found in resolver "${host}" (${addresses.code}); it is looked up again`);
        }
        found.set(host, 'code' in addresses ? [] : addresses);
      }
    }
    this.#isLooking = false;
    this.#lookAgainMs = this.#parts.clock.monotonicMs() + RESOLVER_LIMITS.lookUpAgainMs;
    const servers = this.#with(found);
    const wasEmpty = this.#servers.length === 0;
    if (servers.length > 0) {
      this.#servers = servers;
    }
    if (wasEmpty && servers.length > 0) {
      this.#parts.onFound();
    }
  }

  #with(found: ReadonlyMap<string, readonly string[]>): readonly NameServer[] {
    return this.#named
      .flatMap(({ host, port }) => {
        const addresses = isAddress(host) ? [host] : (found.get(host) ?? []);
        return addresses.map((address) => ({ host: address, port, name: renderHostPort(address, port) }));
      })
      .slice(0, RESOLVER_LIMITS.nameServersMax);
  }
}

function readServer(text: string): Omit<NameServer, 'name'> {
  const [, bracketed, plain = '', port = ''] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(text) ?? [];
  return { host: bracketed ?? plain, port: Number(port) };
}
