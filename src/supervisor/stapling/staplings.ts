/** Gathers what comes of stapling for the certificates of all sites, while their files are read. */

import type { X509Certificate } from 'node:crypto';
import type { SiteTls } from '../../config/model/site-tls.ts';
import type { CertifiedKey } from '../../protocol/control/edge.ts';
import type { Staple } from '../../protocol/control/staple.ts';
import type { StapleOrder } from './staple-order.ts';
import { staplingOf } from './staple-order.ts';

/** By the keys of certificates. */
export interface GatheredStaplings {
  readonly orders: ReadonlyMap<string, StapleOrder>;
  readonly given: ReadonlyMap<string, Staple>;
}

const CERTIFICATE = /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g;

export class Staplings implements GatheredStaplings {
  readonly orders: Map<string, StapleOrder> = new Map<string, StapleOrder>();
  readonly given: Map<string, Staple> = new Map<string, Staple>();
  readonly #remarks = new Set<string>();

  get remarks(): readonly string[] {
    return [...this.#remarks];
  }

  /** `trusted`: in PEM. `file`: what is sent in place of a response that is asked for. */
  add(
    { path, chain, key }: CertifiedKey & { readonly path: string },
    rules: SiteTls,
    { trusted, file }: { readonly trusted: string; readonly file: Buffer | undefined },
  ): CertifiedKey {
    const { stapled, order, given, remark } = staplingOf({
      ...{ rules, path, file },
      ...{ chain: certificatesIn(chain), trusted: certificatesIn(trusted) },
    });
    if (remark !== undefined) {
      this.#remarks.add(remark);
    }
    if (order !== undefined) {
      this.orders.set(order.key, order);
    }
    if (given !== undefined) {
      this.given.set(given.key, given);
    }
    return { chain, key, ...(stapled === undefined ? {} : { stapled }) };
  }

  /** These go on as they were found before. */
  keep(certificates: readonly CertifiedKey[], before: GatheredStaplings): void {
    for (const { stapled } of certificates) {
      const order = stapled && before.orders.get(stapled.key);
      const given = stapled && before.given.get(stapled.key);
      if (order !== undefined) {
        this.orders.set(order.key, order);
      }
      if (given !== undefined) {
        this.given.set(given.key, given);
      }
    }
  }
}

/** PEM that OpenSSL has read. */
function certificatesIn(pem: string): X509Certificate[] {
  const { X509Certificate: Certificate } = process.getBuiltinModule('node:crypto');
  return Array.from(pem.match(CERTIFICATE) ?? [], (text) => new Certificate(text));
}
