/** A handshake on a connection that is no stream yet: its first message is read, and then OpenSSL has it. */

import type { Socket } from 'node:net';
import type { ClientHello, HelloReading } from '../../protocol/tls/client-hello.ts';
import { ClientHelloReader } from '../../protocol/tls/client-hello.ts';
import type { BareConnection, BareReader } from '../../relay/sockets/bare-connection.ts';
import type { DirectTlsHandle, HandshakeOwner } from '../../relay/sockets/direct-tls.ts';
import { shakeHands } from '../../relay/sockets/direct-tls.ts';
import type { TlsContext } from './tls-contexts.ts';
import type { TlsHandshake } from './tls-handshake.ts';

/** What becomes of handshakes: one for all of them. `T`: what waits for their end. */
export interface HandshakeSteps<T> {
  /** The context that the message asks for. Undefined, or if it is not `direct`: the handshake needs `node:tls`, or is refused. */
  contextOf(handshake: TlsHandshake<T>, hello: ClientHello): TlsContext | undefined;
  onSecured(handshake: TlsHandshake<T>, handle: DirectTlsHandle, context: TlsContext): void;
  onFailed(handshake: TlsHandshake<T>, error: Error): void;
  onClose(handshake: TlsHandshake<T>): void;
  /** The connection is a stream from now on, in which `read` is still to be read. */
  onStream(socket: Socket, handshake: TlsHandshake<T>, message: { reading: HelloReading; read: Buffer }): void;
}

export class BareHandshake<T> implements BareReader, HandshakeOwner {
  readonly #connection: BareConnection;
  readonly #handshake: TlsHandshake<T>;
  readonly #steps: HandshakeSteps<T>;
  readonly #reader = new ClientHelloReader();
  #read: Buffer | undefined;
  #context: TlsContext | undefined;

  constructor(connection: BareConnection, handshake: TlsHandshake<T>, steps: HandshakeSteps<T>) {
    this.#connection = connection;
    this.#handshake = handshake;
    this.#steps = steps;
  }

  onBytes(bytes: Buffer): void {
    const read = this.#read === undefined ? bytes : Buffer.concat([this.#read, bytes]);
    const reading = this.#reader.read(read);
    if (reading.kind === 'partial') {
      this.#read = read;
      return;
    }
    this.#read = undefined;
    const context = reading.kind === 'hello' ? this.#steps.contextOf(this.#handshake, reading.hello) : undefined;
    const direct = context?.direct;
    if (direct === undefined) {
      const socket = this.#connection.toSocket(read);
      this.#handshake.becomes(socket);
      this.#steps.onStream(socket, this.#handshake, { reading, read });
      return;
    }
    this.#context = context;
    shakeHands(this.#connection, { ...direct, read, owner: this });
  }

  /** A client that leaves before the handshake is over has only looked whether somebody is there. */
  onEnd(): void {
    this.#connection.destroy();
  }

  onClose(): void {
    this.#steps.onClose(this.#handshake);
  }

  onSecured(handle: DirectTlsHandle): void {
    if (this.#context !== undefined && !this.#connection.isClosed) {
      this.#connection.release();
      this.#steps.onSecured(this.#handshake, handle, this.#context);
    }
  }

  onFailed(error: Error): void {
    this.#connection.destroy();
    this.#steps.onFailed(this.#handshake, error);
  }

  onBug(error: unknown): void {
    this.#handshake.onBug(error);
  }
}
