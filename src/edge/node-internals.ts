/**
 * The one file that reaches behind Node's documented interface, each use with what it gains and what it falls back to.
 * The runtime is pinned, and a test of each runs with it.
 */

import type { Server } from 'node:net';
import { createServer, Socket } from 'node:net';

interface Handle {
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
  setNoDelay?(enable: boolean): number;
  onconnection?: (status: number, client: Handle | undefined) => void;
}

interface WithHandle {
  readonly _handle?: Handle | null;
}

/**
 * Bytes that the kernel has taken from a socket, ever. A stream counts a write as unsent until its last byte is gone, so a slow
 * reader of one large write would look like one that has stopped reading.
 */
export function sentBytes(socket: Socket): number {
  const { bytesWritten = socket.bytesWritten, writeQueueSize = socket.writableLength } =
    (socket as unknown as WithHandle)._handle ?? {};
  return bytesWritten - writeQueueSize;
}

export type OnSocket = (socket: Socket) => (length: number) => void;

/**
 * Listens on an inherited descriptor, or a path, with one read buffer for all connections: `onSocket` is given each and returns what takes the
 * bytes that are in the buffer. Through the documented way (`createServer` and 'data' events) each read allocates 64 KiB and
 * shrinks it again: 1.3 of 8.6 µs a request in a hello-world server, and memory for each idle connection.
 */
export function listenWithBuffer(
  where: { fd: number; backlog: number } | { path: string },
  buffer: Buffer,
  onSocket: OnSocket,
): Server {
  const server = createServer();
  if ('fd' in where) {
    // With a descriptor, Node reads the backlog only from the second argument.
    server.listen({ fd: where.fd }, where.backlog);
  } else {
    server.listen({ path: where.path });
  }
  const handle = (server as unknown as WithHandle)._handle;
  if (handle === undefined || handle === null) {
    throw new Error('this Node does not show the handle of a listening server');
  }
  handle.onconnection = (status, client) => {
    if (status === 0 && client !== undefined) {
      client.setNoDelay?.(true);
      adopt(client, buffer, onSocket);
    }
  };
  return server;
}

function adopt(handle: Handle, buffer: Buffer, onSocket: OnSocket): void {
  let receive: (length: number) => void = () => undefined;
  const options = {
    handle,
    allowHalfOpen: true,
    onread: {
      buffer,
      callback: (length: number): boolean => {
        receive(length);
        return true;
      },
    },
  };
  // `handle` is how net.Server itself makes the socket of a connection; the types leave it out.
  const socket = new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
  receive = onSocket(socket);
}
