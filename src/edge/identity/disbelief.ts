/**
 * Tells when what a peer says of its client is not believed. Mostly that is right, and nobody need know. But if the peer is the site's own proxy, a site that
 * redirects to https sends everyone round in circles, and nobody can see why. So the first peers that would have been believed something are named, and it is
 * said once if a trusted peer uses fields that are not read.
 */

import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { ForwardedFamily } from '../../protocol/http/forwarded-fields.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { ForwardedClient } from './forwarded.ts';
import type { Scheme } from './forwarded-scheme.ts';

/** Takes names, each once and only so many. */
export class FirstNames {
  readonly #names = new Set<string>();
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  mayTake(name: string): boolean {
    return this.#names.size < this.#countMax && !this.#names.has(name);
  }

  /** False: the name was taken before, or is one too many. */
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
  /** `about`: of all threads' lines about the same thing the first is enough. */
  readonly onAdvice: (about: string, text: string) => void;
}

/** Tells of fields that were not believed. One for each thread. */
export class Disbelief {
  readonly #told = new FirstNames(EDGE_LIMITS.disbelievedPeersMax);
  /** Counted apart, because strangers must not use up what is kept for the site's own proxy. */
  readonly #toldFields = new FirstNames(EDGE_LIMITS.unreadFieldsMax);
  readonly #parts: DisbeliefParts;

  constructor(parts: DisbeliefParts) {
    this.#parts = parts;
  }

  /** Asked before the fields are read, so that clients which are no proxies soon cost nothing. */
  mayTell(address: string): boolean {
    return this.#told.mayTake(address);
  }

  /** What an untrusted peer has said, and would be believed if it were trusted. `scheme`: the connection's own. */
  tell(address: string, scheme: Scheme, said: ForwardedClient): void {
    const claim = claimOf(scheme, said);
    if (claim !== undefined && this.#told.take(address)) {
      const { allowed, onAdvice } = this.#parts;
      onAdvice(address, renderDisbelief(address, claim, allowed));
    }
  }

  /** A trusted peer names no client in the fields that are read. Perhaps it does in other fields. */
  tellUnread(address: string, block: FieldBlock, { scheme }: ForwardedClient): void {
    const { family } = this.#parts;
    const other = family === 'forwarded' ? 'x-forwarded' : 'forwarded';
    if (scheme === undefined) {
      this.#tellField(address, block, SHOWN_BY[other], () => `--forwarded-fields is ${family}. ${chooseFamily(other)}`);
    }
    if (family === 'x-forwarded') {
      this.#tellField(address, block, 'X-Real-IP', () => SETS_NO_CHAIN);
    }
  }

  #tellField(address: string, block: FieldBlock, name: string, advice: () => string): void {
    if (this.#toldFields.mayTake(name) && block.get(name.toLowerCase()) !== undefined && this.#toldFields.take(name)) {
      const peer = address || 'the peer of a Unix socket';
      this.#parts.onAdvice(name, `${peer} sends ${name}, which is not read: ${advice()}`);
    }
  }
}

/** A field that shows which family a proxy writes. */
const SHOWN_BY = { 'x-forwarded': 'X-Forwarded-For', forwarded: 'Forwarded' } as const;

function chooseFamily(family: ForwardedFamily): string {
  return `If the proxy sets that field itself, write ${family} there (PORTICO_FORWARDED_FIELDS=${family})`;
}

/** The advice for a proxy that sets X-Real-IP alone: it hands on what its client has written into X-Forwarded-For. */
const SETS_NO_CHAIN =
  'without X-Forwarded-For every client has the address of the proxy, but for one that sends that field itself and is believed. Have the proxy set X-Forwarded-For and X-Forwarded-Proto';

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
