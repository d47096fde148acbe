/**
 * Holds the certificates in use, and finds out that others have taken their place in the files: at a reload, and once a minute for programs that renew
 * certificates without a signal.
 */

import { accessSync, constants, statSync } from 'node:fs';
import type { Clock } from '../kernel/clock.ts';
import { isEqual } from '../kernel/is-equal.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { TicketKeysByLifetime, TlsSettings } from '../protocol/control/edge.ts';
import type { Staple } from '../protocol/control/staple.ts';
import type { ReadCertificate } from './certificates.ts';
import type { Identity } from './privileges.ts';
import type { StapleOrder } from './stapling/staple-order.ts';
import { StapleTable } from './stapling/staple-table.ts';
import { TicketKeys } from './ticket-keys.ts';
import type { Certificates, TlsSources } from './tls-contexts.ts';
import { pathsOf, readCertificates, remarksOn } from './tls-contexts.ts';
import type { UpstreamTlsByKey } from './upstream-tls.ts';

export interface CertificateReport {
  readonly summary: string;
  readonly warnings: readonly string[];
}

/** How many certificates are named; of a thousand sites nobody reads them all. */
const SUMMARIES_MAX = 5;

export interface KeeperSurroundings {
  readonly clock: Clock;
  readonly identity?: Identity | undefined;
  /** Whose sessions can be taken up again. */
  readonly before?: CertificateKeeper;
}

export class CertificateKeeper {
  /** Undefined: TLS is not spoken. */
  readonly #sources: TlsSources | undefined;
  readonly #paths: readonly string[];
  readonly #clock: Clock;
  readonly #identity: Identity | undefined;
  readonly #ticketKeys: TicketKeys;
  /** Words of authorities about the certificates. */
  readonly stapleTable: StapleTable;
  #current: Certificates | undefined;
  #stamps: readonly Stamp[];
  #orders: readonly StapleOrder[] = [];
  #renewals: readonly string[] = [];
  #faults: readonly string[] = [];

  private constructor(sources: TlsSources | undefined, { clock, identity, before }: KeeperSurroundings) {
    this.#sources = sources;
    this.#paths = sources === undefined ? [] : pathsOf(sources);
    this.#identity = identity;
    this.#clock = clock;
    this.#ticketKeys = before === undefined ? new TicketKeys(clock) : before.#ticketKeys;
    this.stapleTable = before === undefined ? new StapleTable() : before.stapleTable;
    this.#stamps = this.#readStamps();
  }

  static async open(
    sources: TlsSources | undefined,
    surroundings: KeeperSurroundings,
  ): Promise<Outcome<CertificateKeeper, readonly string[]>> {
    const keeper = new CertificateKeeper(sources, surroundings);
    const renewed = await keeper.renew();
    return renewed.ok ? success(keeper) : renewed;
  }

  /** Whether TLS is spoken with anybody. */
  get isUsed(): boolean {
    return this.#sources !== undefined;
  }

  /** What the edge speaks TLS with. Undefined: TLS is not spoken. */
  get tls(): TlsSettings | undefined {
    const isSpoken = this.#sources?.sites.some((tls) => tls !== undefined) === true;
    return isSpoken && this.#current
      ? { ...this.#current.tls, ticketKeys: this.ticketKeys, staples: this.staples }
      : undefined;
  }

  /** Whose authorities are to be asked. */
  get stapleOrders(): readonly StapleOrder[] {
    return this.#orders;
  }

  /** Words of authorities that are at hand. */
  get staples(): readonly Staple[] {
    return [...(this.#current?.kept.staplings.given.values() ?? []), ...this.stapleTable.find(this.#orders)];
  }

  /** What TLS is spoken with servers with. Undefined: it is not. */
  get upstreamTls(): UpstreamTlsByKey | undefined {
    return this.#current?.upstreamTls;
  }

  /** In PEM: the certificate that applications are told of; '' without one. */
  get serverCertificate(): string {
    return this.#current?.read[0]?.own ?? '';
  }

  get ticketKeys(): TicketKeysByLifetime {
    return this.#ticketKeys.for(this.#lifetimes);
  }

  /** Whether tickets are sealed with another key from now on. */
  rotateTicketKeys(): boolean {
    return this.#ticketKeys.rotate(this.#lifetimes);
  }

  /** Of sessions whose tickets are sealed with the server's keys. */
  get #lifetimes(): readonly number[] {
    const { contexts = [] } = this.#current?.tls ?? {};
    return [...new Set(contexts.flatMap(({ ticketKeys, sessionMs }) => (ticketKeys.length === 0 ? [sessionMs] : [])))];
  }

  /** The certificates in use, in the operator's words. */
  describe(): CertificateReport | undefined {
    if (this.tls === undefined) {
      return undefined;
    }
    const hidden = this.#paths.find((path) => !isReadable(path));
    const warning = `${hidden} cannot be read by the user that the server runs as: a renewed certificate is only taken by a new start`;
    return {
      summary: this.summary,
      warnings: [...this.remarks, ...this.expiryWarnings(), ...(hidden === undefined ? [] : [warning])],
    };
  }

  get summary(): string {
    const read = this.#current?.read ?? [];
    const more = read.length - SUMMARIES_MAX;
    const shown = read.slice(0, SUMMARIES_MAX).map(({ summary }) => summary);
    return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  }

  /** What is wrong with certificates, whatever the time. */
  get remarks(): readonly string[] {
    return this.#current === undefined ? [] : remarksOn(this.#current);
  }

  expiryWarnings(): string[] {
    return (this.#current?.read ?? []).flatMap(({ warningsAt }) => warningsAt(this.#clock.nowMs()));
  }

  /** Of the certificates that the last `renew` has found new: for whom they are, and until when, now and before. */
  get renewals(): readonly string[] {
    return this.#renewals;
  }

  /** What is wrong with files that the last `renew` has read, and in whose place earlier ones are used. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  /** Reads the files again. True if they hold something else; a site whose files have a fault keeps what is in use. */
  async renew(): Promise<Outcome<boolean, readonly string[]>> {
    this.#stamps = this.#readStamps();
    if (this.#sources === undefined) {
      return success(false);
    }
    const read = await readCertificates(this.#sources, this.#identity, this.#current?.kept);
    if (!read.ok) {
      return failure(read.fault.faults);
    }
    this.#faults = [...new Set(read.value.faults)];
    const { tls, upstreamTls } = this.#current ?? {};
    const hasNewOfServers = !isEqual(read.value.upstreamTls, upstreamTls);
    const { staplings } = read.value.kept;
    const hasNewStaples = !isEqual([...staplings.given], [...(this.#current?.kept.staplings.given ?? [])]);
    const isNew = hasNewOfServers || hasNewStaples || !isEqual(read.value.tls, tls);
    if (isNew) {
      this.#renewals = renewalsOf(read.value.read, this.#current?.read ?? []);
      this.#orders = [...staplings.orders.values()];
      this.#current = { ...read.value, upstreamTls: hasNewOfServers ? read.value.upstreamTls : upstreamTls };
    }
    return success(isNew);
  }

  /** Whether the files differ from those that the last `renew` read, as far as they can be looked at. */
  get hasChanged(): boolean {
    return this.#readStamps().some((stamp, index) => stamp !== undefined && stamp !== this.#stamps[index]);
  }

  #readStamps(): Stamp[] {
    return this.#paths.map(stampOf);
  }
}

function renewalsOf(fresh: readonly ReadCertificate[], before: readonly ReadCertificate[]): string[] {
  return fresh.flatMap(({ path, chain, summary }) => {
    const old = before.find((each) => each.path === path);
    const was = old === undefined ? '' : `before: ${old.lastDay}; `;
    return old?.chain === chain ? [] : [`${summary} (${was}${path})`];
  });
}

/** The identity and state of a file. Undefined: it cannot be looked at, as root's files cannot once the server has become another user. */
type Stamp = string | undefined;

function stampOf(path: string): Stamp {
  try {
    const { dev, ino, mtimeMs, size } = statSync(path);
    return `${dev}:${ino}:${mtimeMs}:${size}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' ? undefined : code;
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
