/** What the files of an `UpstreamTls` hold, as the supervisor has read them with its rights: the edge never sees the paths of keys. */

import type { UpstreamTls } from './proxying.ts';

/** PEM; '' for what is not named. */
export interface UpstreamTlsFiles {
  readonly trusted: string;
  readonly crl: string;
  /** The certificate that is shown to servers, and its key without a password; '' too where their names have variables. */
  readonly cert: string;
  readonly key: string;
  /** To be tried on keys whose names have variables. */
  readonly passwords: readonly string[];
}

export const NO_TLS_FILES: UpstreamTlsFiles = { trusted: '', crl: '', cert: '', key: '', passwords: [] };

/** Policies with the same files have one entry in `EdgeModel.upstreamTls`. */
export function keyOfTlsFiles(tls: UpstreamTls): string {
  const { verifies, trustedFile, crlFile, certFile, keyFile, passwordFile } = tls;
  return JSON.stringify([verifies, trustedFile, crlFile, certFile, keyFile, passwordFile]);
}
