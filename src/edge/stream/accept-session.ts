import type { Socket } from 'node:net';
import type { Receive } from '../../relay/sockets/direct-reading.ts';
import { takeTls } from '../../relay/sockets/direct-tls-socket.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type {
  ClientConnection,
  DatagramClient,
  DatagramSession,
  SessionTls,
  ShakingSession,
} from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';
import type { Accepted } from './session.ts';
import { StreamSession } from './session.ts';

/** Its bytes are read into the beginning of `services.buffer`. */
export function acceptSession(socket: GuardedSocket, accepted: Accepted): Receive {
  const { services } = accepted;
  const session = new StreamSession(socket, accepted);
  services.table.add(session);
  socket.owner = session;
  session.start(socket);
  return (length) => {
    session.take(services.buffer, length);
    return undefined;
  };
}

/** The session is in the table, and begins with its first datagram. */
export function newDatagramSession(datagrams: DatagramClient, accepted: Accepted): DatagramSession {
  const session = new StreamSession(datagrams, accepted);
  accepted.services.table.add(session);
  return session;
}

/** It comes into the table when its handshake is over, which is there until then. */
export function acceptBeforeTls(
  connection: ClientConnection,
  accepted: Accepted,
  shakeHands: (session: ShakingSession) => void,
): void {
  const session = new StreamSession(connection, accepted);
  const shaking: ShakingSession = {
    onSecured: (socket, tls) => {
      try {
        goOn(session, socket, tls);
      } catch (error) {
        session.onBug(error);
      }
    },
    onLost: () => session.end(SESSION_STATUS.internal),
  };
  session.startBeforeTls(() => shakeHands(shaking));
}

function goOn(session: StreamSession, socket: Socket, tls: SessionTls): void {
  const { services } = session;
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
  session.startSecured(socket, tls);
}
