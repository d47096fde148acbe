import type { Client } from '../../protocol/http/exchange.ts';
import type { GuardedSocket } from '../../relay/sockets/guarded-socket.ts';
import type { Receive } from '../../relay/sockets/node-internals.ts';
import type { CompiledStream } from './compiled-stream.ts';
import { StreamSession } from './session.ts';
import type { SessionServices } from './session-services.ts';

export interface Accepted {
  readonly socket: GuardedSocket;
  readonly client: Client;
  readonly stream: CompiledStream;
  readonly services: SessionServices;
}

/** A client that was let in. Its bytes are read into the beginning of `services.buffer`. */
export function acceptSession({ socket, client, stream, services }: Accepted): Receive {
  const session = new StreamSession(socket, client, stream, services);
  services.table.add(session);
  socket.owner = session;
  session.start();
  return (length) => {
    session.take(services.buffer, length);
    return undefined;
  };
}
