import type { TrackedConnection } from '../connections/connection-table.ts';

/** What a connection has become that speaks HTTP no more: messages of a WebSocket, or bytes that are passed on. */
export interface UpgradedConnection {
  /** Bytes of the client, borrowed. */
  onBytes(bytes: Buffer): void;
  /** All that was written has been taken. */
  onDrain(): void;
  /** The client has closed its sending side, and all that it has sent was read. */
  onClientEnd(): void;
  /** The client is gone. True: bytes of the client wait, and the application is given time to take them. */
  onGone(): boolean;
  /** The connection has ended. */
  onLost(): void;
  /** The server ends. `code` and `reason` are for a WebSocket's close frame. */
  close(code: number, reason: string): void;
  /** Called about once a second. */
  onTick(nowMs: number): void;
}

/** Starts a session in the next turn, so that the handler has it before it hears of the bytes that came behind the request. */
export function startUpgraded(
  session: UpgradedConnection,
  connection: Pick<TrackedConnection, 'closeIfIdle' | 'onBug'>,
  {
    requests,
    socket,
    services,
  }: {
    readonly requests: { takeRest(): Buffer; readonly hasGivenUp: boolean };
    readonly socket: { readonly hasClientEnded: boolean; resume(): void; destroy(): void };
    readonly services: { readonly isClosing: boolean };
  },
): void {
  const early = requests.takeRest();
  process.nextTick(() => {
    try {
      if (requests.hasGivenUp) {
        // The client has sent much before its handshake was answered (RFC 6455 4.1 forbids it), and a part of that was dropped.
        socket.destroy();
        return;
      }
      socket.resume();
      session.onBytes(early);
      if (socket.hasClientEnded) {
        // The client ended its side before the handshake was answered, and the connection tells of that only once.
        session.onClientEnd();
      }
      if (services.isClosing) {
        connection.closeIfIdle();
      }
    } catch (error) {
      connection.onBug(error);
    }
  });
}
