/** What the system says of a connection that fails, in nginx's words: the number of the error, and the text that the C library has for it. */

import type { ErrorLevel } from '../kernel/error-line.ts';

export interface SystemFailure {
  readonly text: string;
  readonly level: ErrorLevel;
}

const TEXTS: Readonly<Record<string, string>> = {
  ENOENT: '2: No such file or directory',
  EAGAIN: '11: Resource temporarily unavailable',
  EACCES: '13: Permission denied',
  EINVAL: '22: Invalid argument',
  EMFILE: '24: Too many open files',
  EPIPE: '32: Broken pipe',
  EADDRINUSE: '98: Address already in use',
  EADDRNOTAVAIL: '99: Cannot assign requested address',
  ENETDOWN: '100: Network is down',
  ENETUNREACH: '101: Network is unreachable',
  ECONNABORTED: '103: Software caused connection abort',
  ECONNRESET: '104: Connection reset by peer',
  ETIMEDOUT: '110: Connection timed out',
  ECONNREFUSED: '111: Connection refused',
  EHOSTDOWN: '112: Host is down',
  EHOSTUNREACH: '113: No route to host',
};

/** Faults of the network or of the server. Others are those of this machine or of its configuration, and graver. */
const ORDINARY: ReadonlySet<string | undefined> = new Set([
  ...['EAGAIN', 'EPIPE', 'ENETDOWN', 'ENETUNREACH', 'ECONNABORTED', 'ECONNRESET', 'ETIMEDOUT', 'ECONNREFUSED'],
  ...['EHOSTDOWN', 'EHOSTUNREACH'],
]);

export const TIMED_OUT: SystemFailure = { text: `upstream timed out (${TEXTS['ETIMEDOUT']})`, level: 'error' };

/** `peer`: its name, which a fault of a Unix socket tells too, for its path is what is wrong. */
export function connectFailure(error: NodeJS.ErrnoException, peer: string): SystemFailure {
  const isLocal = peer.startsWith('unix:') || !ORDINARY.has(error.code);
  return { text: `connect()${isLocal ? ` to ${peer}` : ''} failed ${detailOf(error)}`, level: levelOf(error) };
}

export function ioFailure(error: NodeJS.ErrnoException): SystemFailure {
  const call = error.syscall === 'write' || error.code === 'EPIPE' ? 'writev()' : 'recv()';
  return { text: `${call} failed ${detailOf(error)}`, level: levelOf(error) };
}

function detailOf({ code = '', message }: NodeJS.ErrnoException): string {
  return `(${TEXTS[code] ?? message})`;
}

function levelOf({ code }: NodeJS.ErrnoException): ErrorLevel {
  return ORDINARY.has(code) ? 'error' : 'crit';
}
