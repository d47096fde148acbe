import type { Socket } from 'node:net';
import type { CipherName } from '../../relay/sockets/direct-tls.ts';

/** A TLS connection, by whatever its handshake was made. Of one that is closed nothing is known any more. */
export interface TlsStream extends Socket {
  readonly alpnProtocol: string | false | null;
  getCipher(): CipherName | null;
  getProtocol(): string | null;
  getSession(): Buffer | null | undefined;
  isSessionReused(): boolean;
  setMaxSendFragment(bytes: number): boolean;
}
