/**
 * A socket in whose listeners an error of ours ends that socket alone. What a listener throws goes through `emit`, which is Node's, to
 * nobody who knows whose it is, and would end the edge.
 */

import { Socket } from 'node:net';

export interface SocketOwner {
  /** The socket is destroyed by then. */
  onBug(error: unknown): void;
}

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;

export class GuardedSocket extends Socket {
  /** Until there is one, errors go to whoever makes the socket. */
  owner: SocketOwner | undefined;

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    try {
      return (super.emit as Emit).call(this, event, ...values);
    } catch (error) {
      this.fail(error);
      return true;
    }
  }

  fail(error: unknown): void {
    failSocket(this, this.owner, error);
  }
}

/** The same for a socket that Node has made, such as that of a TLS connection. */
export function guardSocket(socket: Socket, owner: SocketOwner): void {
  const emit: Emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...values: unknown[]): boolean => {
    try {
      return emit(event, ...values);
    } catch (error) {
      failSocket(socket, owner, error);
      return true;
    }
  };
}

function failSocket(socket: Socket, owner: SocketOwner | undefined, error: unknown): void {
  if (owner === undefined) {
    throw error;
  }
  // First: what the owner does about it may fail as well.
  socket.destroy();
  owner.onBug(error);
}
