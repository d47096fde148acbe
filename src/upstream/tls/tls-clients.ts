/** TLS towards the servers of a plan: one client for each policy that has it. */

import type { UpstreamTls } from '../../config/model/proxying.ts';
import type { UpstreamTlsFiles } from '../../config/model/upstream-tls-files.ts';
import { keyOfTlsFiles, NO_TLS_FILES } from '../../config/model/upstream-tls-files.ts';
import type { SecureDialler } from '../connections/dial.ts';
import { NamedCertificates } from './named-certificates.ts';
import { TlsDialler } from './secure-dialler.ts';
import type { HandshakeRequest } from './tls-client.ts';
import { TlsClient } from './tls-client.ts';

/** Of one policy. */
export interface SecureDialling {
  /** `probes`: SO_KEEPALIVE. */
  dialler(request: Omit<HandshakeRequest, 'peer'>, probes: boolean): SecureDialler;
}

export class TlsClients {
  readonly #files: Readonly<Record<string, UpstreamTlsFiles>>;
  readonly #monotonicMs: () => number;
  readonly #made = new Map<UpstreamTls, SecureDialling>();

  constructor(files: Readonly<Record<string, UpstreamTlsFiles>>, monotonicMs: () => number) {
    this.#files = files;
    this.#monotonicMs = monotonicMs;
  }

  of(policy: UpstreamTls): SecureDialling {
    const known = this.#made.get(policy);
    if (known !== undefined) {
      return known;
    }
    const files = this.#files[keyOfTlsFiles(policy)] ?? NO_TLS_FILES;
    const hasVariables = typeof policy.certFile !== 'string' || typeof policy.keyFile !== 'string';
    const certificates = hasVariables ? new NamedCertificates(files.passwords, this.#monotonicMs) : undefined;
    const client = new TlsClient(policy, files, certificates);
    const made: SecureDialling = { dialler: (request, probes) => new TlsDialler(client, request, probes) };
    this.#made.set(policy, made);
    return made;
  }
}
