/** What the system says of a connection that fails, in nginx's words: the number of the error, and the text that the C library has for it. */

import type { ErrorLevel } from '../kernel/error-line.ts';
import { systemWords } from '../kernel/system-words.ts';
import { tlsFailure } from './connections/tls-fault.ts';

export interface SystemFailure {
  readonly text: string;
  readonly level: ErrorLevel;
}

/** Faults of the network or of the server. Others are those of this machine or of its configuration, and graver. */
const ORDINARY: ReadonlySet<string | undefined> = new Set([
  ...['EAGAIN', 'EPIPE', 'ENETDOWN', 'ENETUNREACH', 'ECONNABORTED', 'ECONNRESET', 'ETIMEDOUT', 'ECONNREFUSED'],
  ...['EHOSTDOWN', 'EHOSTUNREACH'],
]);

export const TIMED_OUT: SystemFailure = { text: 'upstream timed out (110: Connection timed out)', level: 'error' };

/** The connection is to come from an address that this machine has not, or from a port that it may not have. */
export function isOfOwnAddress({ syscall }: NodeJS.ErrnoException): boolean {
  return syscall === 'bind';
}

export function bindFailure(error: NodeJS.ErrnoException & { readonly address?: string }): SystemFailure {
  return { text: `bind(${error.address ?? ''}) failed (${systemWords(error)})`, level: 'crit' };
}

/** `peer`: its name, which a fault of a Unix socket tells too, for its path is what is wrong. */
export function connectFailure(error: NodeJS.ErrnoException, peer: string): SystemFailure {
  const isLocal = peer.startsWith('unix:') || !ORDINARY.has(error.code);
  return { text: `connect()${isLocal ? ` to ${peer}` : ''} failed (${systemWords(error)})`, level: levelOf(error) };
}

/** Of a handshake of TLS. A server that closes the connection has no error of its own for it. */
export function handshakeFailure(error: NodeJS.ErrnoException): SystemFailure {
  const reason = error.syscall === undefined ? '' : ` (${systemWords(error)})`;
  const text = tlsFailure(error, 'SSL_do_handshake()') ?? `peer closed connection in SSL handshake${reason}`;
  return { text, level: 'error' };
}

export function ioFailure(error: NodeJS.ErrnoException): SystemFailure {
  const inTls = tlsFailure(error, 'SSL_read()');
  if (inTls !== undefined) {
    return { text: inTls, level: 'error' };
  }
  const call = error.syscall === 'write' || error.code === 'EPIPE' ? 'writev()' : 'recv()';
  return { text: `${call} failed (${systemWords(error)})`, level: levelOf(error) };
}

function levelOf({ code }: NodeJS.ErrnoException): ErrorLevel {
  return ORDINARY.has(code) ? 'error' : 'crit';
}
