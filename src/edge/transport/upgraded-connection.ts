/** What a connection has become that speaks HTTP no more: messages of a WebSocket, or bytes that are passed on. */
export interface UpgradedConnection {
  /** Bytes of the client, borrowed. */
  onBytes(bytes: Buffer): void;
  /** All that was written has been taken. */
  onDrain(): void;
  /** The client has closed its sending side, and all that it has sent was read. */
  onClientEnd(): void;
  /** The client is gone. True: bytes of it wait, and the application is given time to take them. */
  onGone(): boolean;
  /** The connection has ended. */
  onLost(): void;
  /** The server ends. `code` and `reason` are for whoever knows such. */
  close(code: number, reason: string): void;
  /** Called about once a second. */
  onTick(nowMs: number): void;
}
