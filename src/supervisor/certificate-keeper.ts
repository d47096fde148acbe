/**
 * Holds the certificate in use, and finds out that another has taken its place in the files: at a reload, and once a minute for programs that renew
 * certificates without a signal.
 */

import { accessSync, constants, statSync } from 'node:fs';
import type { ServerModel } from '../config/model/server-model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { Certificates, TlsFiles } from './certificates.ts';
import { readCertificates } from './certificates.ts';
import type { Identity } from './privileges.ts';

export interface CertificateReport {
  readonly summary: string;
  readonly warnings: readonly string[];
}

export class CertificateKeeper {
  /** Undefined: TLS is not spoken. */
  readonly #files: TlsFiles | undefined;
  readonly #clock: Clock;
  readonly #identity: Identity | undefined;
  #current: Certificates | undefined;
  #stamps: readonly Stamp[];

  private constructor(files: TlsFiles | undefined, clock: Clock, identity: Identity | undefined) {
    this.#files = files;
    this.#identity = identity;
    this.#clock = clock;
    this.#stamps = this.#readStamps();
  }

  static async open(
    files: TlsFiles | undefined,
    clock: Clock,
    identity?: Identity,
  ): Promise<Outcome<CertificateKeeper>> {
    const keeper = new CertificateKeeper(files, clock, identity);
    const renewed = await keeper.renew();
    return renewed.ok ? success(keeper) : renewed;
  }

  /** Undefined: TLS is not spoken. */
  get current(): Certificates | undefined {
    return this.#current;
  }

  /** The certificate in use, in the operator's words. */
  describe(): CertificateReport | undefined {
    const current = this.#current;
    if (current === undefined) {
      return undefined;
    }
    const hidden = this.#paths.find((path) => !isReadable(path));
    const warning = `${hidden} cannot be read by the user that the server runs as: a renewed certificate is only taken by a new start`;
    return {
      summary: current.summary,
      warnings: [...this.expiryWarnings(), ...(hidden === undefined ? [] : [warning])],
    };
  }

  expiryWarnings(): string[] {
    return this.#current?.warningsAt(this.#clock.nowMs()) ?? [];
  }

  /** Reads the files again. True if they hold another certificate; after a fault the one in use is kept. */
  async renew(): Promise<Outcome<boolean>> {
    this.#stamps = this.#readStamps();
    if (this.#files === undefined) {
      return success(false);
    }
    const read = await readCertificates(this.#files, this.#identity);
    if (!read.ok) {
      return read;
    }
    const isNew = !isSame(read.value, this.#current);
    if (isNew) {
      this.#current = read.value;
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

  get #paths(): string[] {
    const { certFile = '', keyFile = '', caCerts = '' } = this.#files ?? {};
    return [certFile, keyFile, caCerts].filter((path) => path !== '');
  }
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

function isSame(one: Certificates | undefined, other: Certificates | undefined): boolean {
  return (
    one?.tls.certificates === other?.tls.certificates &&
    one?.tls.key === other?.tls.key &&
    one?.tls.caCerts === other?.tls.caCerts
  );
}

/** What TLS is spoken with: one certificate, for all listeners that speak it. */
export function tlsFilesOf({ sites, certificates }: ServerModel): TlsFiles | undefined {
  const tls = sites.find((site) => site.tls !== undefined)?.tls;
  const files = certificates[tls?.certificates[0] ?? -1];
  if (tls === undefined || files === undefined) {
    return undefined;
  }
  const { caCerts, clients, ciphers, protocols } = tls;
  return { ...files, caCerts, clients, ciphers, protocols };
}
