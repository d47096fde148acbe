/**
 * A socket in whose listeners an error of ours ends that socket alone. Otherwise an exception of a listener passes through Node's `emit` to Node itself, which
 * cannot know which connection it belongs to, and would end the edge.
 */

import { Socket } from 'node:net';

export interface SocketOwner {
  /** Called when the socket has been destroyed. */
  onBug(error: unknown): void;
}

type Emit = (event: string | symbol, ...values: unknown[]) => boolean;

export class GuardedSocket extends Socket {
  /** While a socket has no owner, its errors are thrown in whatever makes the socket. */
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

/** Guards a socket that Node has made, such as that of a TLS connection. */
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

/** `owner` undefined: nobody has taken the socket yet. */
export function failSocket(socket: Socket, owner: SocketOwner | undefined, error: unknown): void {
  if (owner === undefined) {
    throw error;
  }
  // The socket is destroyed first: what the owner does about the error may fail as well.
  socket.destroy();
  owner.onBug(error);
}
