import type { Socket } from 'node:net';
import { takeTls } from '../../relay/sockets/direct-tls-socket.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Receive } from '../../relay/sockets/node-internals.ts';
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
export function acceptSecured(accepted: Accepted & { readonly socket: Socket }): void {
  const { socket, services } = accepted;
  const session = new StreamSession(accepted);
  services.table.add(session);
  const receive: Receive = (length) => {
    session.take(services.buffer, length);
    return undefined;
  };
  session.readsIntoBuffer = takeTls(socket, services.buffer, { owner: session, receive });
  if (!session.readsIntoBuffer) {
    socket.on('data', (bytes: Buffer) => session.take(bytes, bytes.length));
  }
  socket.resume();
  session.start();
}
