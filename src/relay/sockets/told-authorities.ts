/**
 * Which authorities clients are told of when they are asked for a certificate. Node has one list: whoever is trusted by `ca` is told of as well. But a context without `ca` trusts
 * the default authorities of its thread, and clients are told of none of these; so those that are trusted in silence are the default ones while the context is made, and what is
 * told of is put in behind them, as Node does with `ca`. Nothing documents that last step: where this Node does not have it, clients are told of all.
 */

import type { Server } from 'node:tls';

interface WithContext {
  readonly _sharedCreds?: { readonly context?: { readonly addCACert?: unknown } | undefined } | undefined;
}

interface NativeContext {
  addCACert(pem: string): void;
}

/** In PEM, each one certificate. */
export interface Authorities {
  readonly told: readonly string[];
  /** Trusted as well. */
  readonly silent: readonly string[];
}

/** `make`: of the server, with this for its option `ca`. The thread has no default authorities afterwards: whoever trusts some says so. */
export function createServerTelling({ told, silent }: Authorities, make: (ca: string[] | undefined) => Server): Server {
  const { setDefaultCACertificates } = process.getBuiltinModule('node:tls');
  if (silent.length === 0) {
    return make([...told]);
  }
  try {
    setDefaultCACertificates(silent);
    const server = make(undefined);
    const context = nativeContextOf(server);
    if (context === undefined) {
      return make([...told, ...silent]);
    }
    for (const pem of told) {
      context.addCACert(pem);
    }
    return server;
  } finally {
    setDefaultCACertificates([]);
  }
}

function nativeContextOf(server: Server): NativeContext | undefined {
  const context = (server as unknown as WithContext)._sharedCreds?.context;
  return typeof context?.addCACert === 'function' ? (context as NativeContext) : undefined;
}
