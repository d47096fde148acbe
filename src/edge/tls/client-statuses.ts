/**
 * What authorities say of the certificates of clients (OCSP), asked while the client waits: of one thread. As many are asked at a time as limits say, a question that is under way is shared, and no client
 * waits longer than for so long: whoever is not known to be good by then is refused. Where a site says so, answers are kept, for all threads.
 */

import type { X509Certificate } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { SiteTls } from '../../config/model/site-tls.ts';
import type { Resolver } from '../../config/model/upstream.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { CertificateStatus } from '../../protocol/ocsp/ocsp-response.ts';
import type { askAuthority } from '../../upstream/ocsp/ask-authority.ts';
import { digestOf } from '../../upstream/ocsp/certificate-id.ts';
import { responderFault, responderOf } from '../../upstream/ocsp/responder-url.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { ExpiringTable } from '../shared/expiring-table.ts';
import { AskingTurns } from './asking-turns.ts';
import type { ClientChain } from './client-chain.ts';

export type StatusRules = Pick<SiteTls, 'clientStatus' | 'clientResponder' | 'clientResolver' | 'clientStatusCache'>;

export interface ClientStatusesParts {
  readonly table: ExpiringTable;
  readonly clock: Clock;
  readonly lookupBy: (resolver: Resolver) => LookupFunction;
  readonly ask: typeof askAuthority;
  /** Told of answers that could not be had. */
  readonly faults: Pick<CountedLog, 'tell'>;
}

/** In nginx's words, which `$ssl_client_verify` has behind FAILED. */
const FAILED = 'certificate status request failed';
const REFUSED: Readonly<Record<CertificateStatus, string | undefined>> = {
  good: undefined,
  revoked: 'certificate revoked',
  unknown: 'certificate status unknown',
};
/** As they stand in the table. */
const STATUSES: readonly CertificateStatus[] = ['good', 'revoked', 'unknown'];

/** A certificate, the one that has signed it, and who is asked about it. */
interface Link {
  readonly certificate: X509Certificate;
  readonly issuer: X509Certificate;
  readonly responder: string;
}

export class ClientStatuses {
  readonly #parts: ClientStatusesParts;
  readonly #turns = new AskingTurns(EDGE_LIMITS.clientStatusAsksMax, EDGE_LIMITS.clientStatusWaitingMax);
  /** Questions that are under way. */
  readonly #asked = new Map<string, Promise<Outcome<CertificateStatus>>>();

  constructor(parts: ClientStatusesParts) {
    this.#parts = parts;
  }

  /** Resolves with why a client with a good chain is refused all the same; undefined: it is not. */
  async check(
    address: string,
    { certificates, isWhole }: ClientChain,
    rules: StatusRules,
  ): Promise<string | undefined> {
    const { clock, faults } = this.#parts;
    const dueMs = clock.monotonicMs() + EDGE_LIMITS.clientStatusMs;
    // Nobody says anything of a root.
    const links = certificates
      .slice(0, -1)
      .map((certificate, index) => ({ certificate, issuer: certificates[index + 1] }));
    for (const { certificate, issuer } of rules.clientStatus === 'leaf' ? links.slice(0, 1) : links) {
      const responder = rules.clientResponder || responderOf(certificate);
      const status: Outcome<CertificateStatus> =
        issuer === undefined || !isWhole
          ? failure('issuer certificate not found')
          : await this.#statusOf({ certificate, issuer, responder }, rules, dueMs);
      if (!status.ok) {
        faults.tell(address, renderFault(status.fault, address, responder));
        return FAILED;
      }
      if (status.value !== 'good') {
        return REFUSED[status.value];
      }
    }
    return undefined;
  }

  async #statusOf(link: Link, rules: StatusRules, dueMs: number): Promise<Outcome<CertificateStatus>> {
    const { table, clock } = this.#parts;
    const fault = responderFault(link.responder);
    if (fault !== undefined) {
      return failure(`${fault} in certificate`);
    }
    const prints = [link.certificate.fingerprint256, link.issuer.fingerprint256];
    const id = digestOf('sha256', Buffer.from(JSON.stringify([rules.clientStatusCache, ...prints])));
    const kept = rules.clientStatusCache === '' ? undefined : table.find(id, clock.nowMs());
    const known = kept && STATUSES[kept[0] ?? -1];
    if (known !== undefined) {
      return success(known);
    }
    const key = JSON.stringify([id.toString('base64'), link.responder, rules.clientResolver]);
    const asked = this.#asked.get(key);
    if (asked !== undefined) {
      return asked;
    }
    const asking = this.#ask(link, { rules, id, dueMs }).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  async #ask(
    { certificate, issuer, responder }: Link,
    { rules, id, dueMs }: { readonly rules: StatusRules; readonly id: Buffer; readonly dueMs: number },
  ): Promise<Outcome<CertificateStatus>> {
    const { table, clock, ask } = this.#parts;
    const lookup = this.#lookupOf(new URL(responder).hostname, rules);
    if (!lookup.ok) {
      return lookup;
    }
    const turn = await this.#turns.take(dueMs - clock.monotonicMs());
    if (turn === undefined) {
      return failure('OCSP responder timed out (others are asked before)');
    }
    try {
      const subject = { certificate, issuer, chain: [certificate, issuer], trusted: [], signer: 'issuer' } as const;
      const timeoutMs = Math.max(1, Math.floor(dueMs - clock.monotonicMs()));
      const nowMs = (): number => clock.nowMs();
      const word = await ask(subject, { responder, lookup: lookup.value, timeoutMs, nowMs });
      if (!word.ok) {
        return word;
      }
      const { status, nextUpdateMs = Infinity } = word.value.single;
      if (rules.clientStatusCache !== '') {
        const lastsMs = nextUpdateMs === Infinity ? EDGE_LIMITS.clientStatusOpenMs : EDGE_LIMITS.clientStatusKeptMs;
        table.put(id, Buffer.from([STATUSES.indexOf(status)]), Math.min(nextUpdateMs, nowMs() + lastsMs));
      }
      return success(status);
    } finally {
      turn();
    }
  }

  /** Names in certificates are looked up only by name servers that the operator has named for it. */
  #lookupOf(hostname: string, rules: StatusRules): Outcome<LookupFunction | undefined> {
    if (rules.clientResolver !== undefined) {
      return success(this.#parts.lookupBy(rules.clientResolver));
    }
    const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
    return rules.clientResponder !== '' || isAddress
      ? success(undefined)
      : failure(`no resolver defined to resolve ${hostname}`);
  }
}

/** As nginx's log has it. */
function renderFault(fault: string, address: string, responder: string): string {
  const about = URL.canParse(responder) ? `, responder: ${new URL(responder).host}` : '';
  return `${fault} while requesting certificate status, client: ${address || 'unix:'}${about}`;
}
