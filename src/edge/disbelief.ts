/**
 * What peers say that are not trusted is not believed, and that is right. But if such a peer is the site's own proxy, then a site
 * that redirects to https sends everyone round in circles, and nobody can see why. So the first peers that would have been believed something are named,
 * and it is said once if a trusted peer speaks in fields that are not read.
 */

import type { ForwardedFamily } from '../protocol/http/forwarded-fields.ts';
import type { FieldBlock } from '../protocol/http1/types.ts';
import type { ForwardedClient } from './forwarded.ts';
import type { Scheme } from './forwarded-scheme.ts';
import { EDGE_LIMITS } from './limits.ts';

/** Names, each once and few in all. */
export class FirstNames {
  readonly #names = new Set<string>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  mayTake(name: string): boolean {
    return this.#names.size < this.#countMax && !this.#names.has(name);
  }

  /** False: it was taken before, or it is one too many. */
  take(name: string): boolean {
    const isNew = this.mayTake(name);
    if (isNew) {
      this.#names.add(name);
    }
    return isNew;
  }
}

interface DisbeliefParts {
  readonly family: ForwardedFamily;
  readonly allowed: readonly string[];
  /** `about`: one line for each is enough. */
  readonly onAdvice: (about: string, text: string) => void;
}

/** One for each thread. */
export class Disbelief {
  readonly #told = new FirstNames(EDGE_LIMITS.disbelievedPeersMax);
  readonly #parts: DisbeliefParts;

  constructor(parts: DisbeliefParts) {
    this.#parts = parts;
  }

  /** Asked first, so that the fields of clients that are no proxies cost nothing for long. */
  mayTell(address: string): boolean {
    return this.#told.mayTake(address);
  }

  /** An untrusted peer would be believed this, if it were trusted. `scheme`: the connection's own. */
  tell(address: string, scheme: Scheme, said: ForwardedClient): void {
    const claim = claimOf(scheme, said);
    if (claim !== undefined && this.#told.take(address)) {
      const { allowed, onAdvice } = this.#parts;
      onAdvice(address, renderDisbelief(address, claim, allowed));
    }
  }

  /** A trusted peer says nothing in the fields that are read. Perhaps it speaks in the others. */
  tellUnread(address: string, block: FieldBlock): void {
    const { family, onAdvice } = this.#parts;
    const [other, name] = family === 'forwarded' ? OTHERS['x-forwarded'] : OTHERS.forwarded;
    if (this.mayTell(name) && block.get(name.toLowerCase()) !== undefined && this.#told.take(name)) {
      onAdvice(
        name,
        `${address || 'the peer of a Unix socket'} sends ${name}, which is not read: --forwarded-fields is ${family}. If the proxy sets that field itself, write ${other} there (PORTICO_FORWARDED_FIELDS=${other})`,
      );
    }
  }
}

/** By family: what it is called, and a field that shows it. */
const OTHERS = {
  'x-forwarded': ['x-forwarded', 'X-Forwarded-For'],
  forwarded: ['forwarded', 'Forwarded'],
} as const;

/** What would be different if the peer were believed. */
function claimOf(scheme: Scheme, said: ForwardedClient): string | undefined {
  if (said.scheme !== undefined && said.scheme !== scheme) {
    return `its client came by ${said.scheme}`;
  }
  return said.address === undefined ? undefined : 'it speaks for another client';
}

function renderDisbelief(address: string, claim: string, allowed: readonly string[]): string {
  const list = allowed.length === 0 ? 'nobody' : allowed.join(', ');
  return `${address} says that ${claim}, and is not believed: --forwarded-allow-ips is ${list}. If this is the proxy in front of the site, name it there (PORTICO_FORWARDED_ALLOW_IPS=${address}); without it, redirects to https go round in circles, and the log has the proxy's address`;
}
