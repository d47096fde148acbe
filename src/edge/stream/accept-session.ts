import type { TLSSocket } from 'node:tls';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import { guardSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Receive } from '../../relay/sockets/node-internals.ts';
import { readIntoBuffer } from '../../relay/sockets/tls-internals.ts';
import type { Accepted } from './session.ts';
import { StreamSession } from './session.ts';

/** Its bytes are read into the beginning of `services.buffer`. */
export function acceptSession(accepted: Accepted & { readonly socket: GuardedSocket }): Receive {
  const { socket, services } = accepted;
  const session = new StreamSession(accepted);
  services.table.add(session);
  socket.owner = session;
  session.start();
  return (length) => {
    session.take(services.buffer, length);
    return undefined;
  };
}

/** When the handshake of TLS is over. */
export function acceptSecured(accepted: Accepted & { readonly socket: TLSSocket }): void {
  const { socket, services } = accepted;
  const session = new StreamSession(accepted);
  services.table.add(session);
  guardSocket(socket, session);
  const receive: Receive = (length) => {
    session.take(services.buffer, length);
    return undefined;
  };
  session.readsIntoBuffer = readIntoBuffer(socket, services.buffer, receive, (error) => {
    socket.destroy();
    session.onBug(error);
  });
  if (!session.readsIntoBuffer) {
    socket.on('data', (bytes: Buffer) => session.take(bytes, bytes.length));
  }
  socket.resume();
  session.start();
}
