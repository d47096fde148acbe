/** The options of a context of TLS towards servers: the supervisor tries them out before anybody is served, and each thread of the edge uses them. */

import type { UpstreamTlsFiles } from '../control/upstream-tls-files.ts';
import { splitLists } from './split-lists.ts';

type TlsVersion = 'TLSv1.2' | 'TLSv1.3';

/** What of a policy decides how its contexts are. */
export interface ClientContextRules {
  readonly verifies: boolean;
  readonly ciphers: string;
  readonly curves: string;
  readonly signatures: string;
  /** Empty: those that are spoken. */
  readonly protocols: readonly string[];
}

export interface ClientContextOptions {
  /** An empty list is no authority at all; without one Node.js would read its own, which takes milliseconds and a megabyte. */
  readonly ca: string | never[];
  readonly crl?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly sigalgs?: string;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
}

export function clientContextOptions(
  { verifies, ciphers, curves, signatures, protocols }: ClientContextRules,
  { trusted, crl, cert, key }: UpstreamTlsFiles,
): ClientContextOptions {
  const speaks = (version: TlsVersion): boolean => protocols.length === 0 || protocols.includes(version);
  return {
    ca: verifies && trusted !== '' ? trusted : [],
    ...(verifies && crl !== '' ? { crl: splitLists(crl) } : {}),
    ...(cert === '' ? {} : { cert, key }),
    ...(ciphers === '' ? {} : { ciphers }),
    ...(curves === '' ? {} : { ecdhCurve: curves }),
    ...(signatures === '' ? {} : { sigalgs: signatures }),
    minVersion: speaks('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: speaks('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  };
}
