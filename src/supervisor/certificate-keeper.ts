/** The certificate in use, and the one that has taken its place in the files: for a reload, and for who renews without a word. */

import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ServerModel } from '../config/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { success } from '../kernel/outcome.ts';
import type { Certificates } from './certificates.ts';
import { readCertificates } from './certificates.ts';

export class CertificateKeeper {
  readonly #model: ServerModel;
  readonly #cwd: string;
  readonly #clock: Clock;
  #current: Certificates | undefined;
  #stamps: readonly Stamp[];

  private constructor(model: ServerModel, cwd: string, clock: Clock) {
    this.#model = model;
    this.#cwd = cwd;
    this.#clock = clock;
    this.#stamps = this.#readStamps();
  }

  static async open(model: ServerModel, cwd: string, clock: Clock): Promise<Outcome<CertificateKeeper>> {
    const keeper = new CertificateKeeper(model, cwd, clock);
    const renewed = await keeper.renew();
    return renewed.ok ? success(keeper) : renewed;
  }

  /** Undefined: TLS is not spoken. */
  get current(): Certificates | undefined {
    return this.#current;
  }

  /** True if what it read is new. After a fault the one in use is kept. */
  async renew(): Promise<Outcome<boolean>> {
    this.#stamps = this.#readStamps();
    const read = await readCertificates(this.#model, this.#cwd, this.#clock.nowMs());
    if (!read.ok) {
      return read;
    }
    const isNew = !isSame(read.value, this.#current);
    if (isNew) {
      this.#current = read.value;
    }
    return success(isNew);
  }

  /** The files are not those of the last `renew`, as far as they can be seen. */
  get hasChanged(): boolean {
    return this.#readStamps().some((stamp, index) => stamp !== undefined && stamp !== this.#stamps[index]);
  }

  #readStamps(): Stamp[] {
    const { certFile, keyFile, caCerts } = this.#model;
    return [certFile, keyFile, caCerts].map((path) => (path === '' ? '' : stampOf(resolve(this.#cwd, path))));
  }
}

/** Which file it is, in which state. Undefined: it cannot be seen, as root's files cannot once the server has become another user. */
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

function isSame(one: Certificates | undefined, other: Certificates | undefined): boolean {
  return (
    one?.tls.certificates === other?.tls.certificates &&
    one?.tls.key === other?.tls.key &&
    one?.tls.caCerts === other?.tls.caCerts
  );
}
