/** What stands before a TLS handshake, read from a connection that Node reads: the header of the PROXY protocol. */

import type { Socket } from 'node:net';
import type { AwaitedHeader } from './awaited-header.ts';

/** `begin`: makes what takes the bytes; it calls `done` with those that are the handshake's, before the connection goes on. Undefined: the connection is not wanted. */
export function readBeforeTls(
  carrier: Socket,
  begin: (done: (rest: Buffer) => void) => AwaitedHeader | undefined,
): void {
  const awaited = begin((rest) => {
    carrier.off('readable', read);
    if (rest.length > 0) {
      carrier.unshift(rest);
    }
  });
  const read = (): void => {
    try {
      const bytes = carrier.read() as Buffer | null;
      if (bytes !== null) {
        awaited?.onBytes(bytes, bytes.length);
      }
    } catch (error) {
      awaited?.onBug(error);
    }
  };
  carrier.on('readable', read);
}
