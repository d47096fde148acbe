/** A handshake on a connection that is no stream yet: its first message is read, and then OpenSSL has it. */

import type { Socket } from 'node:net';
import type { ClientHello, HelloReading } from '../../protocol/tls/client-hello.ts';
import { ClientHelloReader } from '../../protocol/tls/client-hello.ts';
import type { BareConnection, BareReader } from '../../relay/sockets/bare-connection.ts';
import type { DirectTlsHandle, HandshakeOwner } from '../../relay/sockets/direct-tls.ts';
import { closeNotify, shakeHands } from '../../relay/sockets/direct-tls.ts';
import type { TlsContext } from './tls-contexts.ts';
import type { Shaking, TlsHandshake } from './tls-handshake.ts';

/** What becomes of handshakes: one for all of them. `T`: what waits for their end. */
export interface HandshakeSteps<T> {
  /** The context that the message asks for. Undefined, or if it is not `direct`: the handshake needs `node:tls`, or is refused. */
  contextOf(handshake: TlsHandshake<T>, hello: ClientHello): TlsContext | undefined;
  /** The handshake is over. True: the connection is made use of when something comes; it waits for that. */
  mayWait(handshake: TlsHandshake<T>): boolean;
  onSecured(handshake: TlsHandshake<T>, handle: DirectTlsHandle, met: { context: TlsContext; first?: Buffer }): void;
  onFailed(handshake: TlsHandshake<T>, error: Error): void;
  onClose(handshake: TlsHandshake<T>): void;
  /** The connection is a stream from now on, in which `read` is still to be read. */
  onStream(socket: Socket, handshake: TlsHandshake<T>, message: { reading: HelloReading; read: Buffer }): void;
}

export class BareHandshake<T> implements BareReader, HandshakeOwner, Shaking {
  readonly #connection: BareConnection;
  readonly #handshake: TlsHandshake<T>;
  readonly #steps: HandshakeSteps<T>;
  readonly #reader = new ClientHelloReader();
  #read: Buffer | undefined;
  #context: TlsContext | undefined;
  /** The handshake is over, and nothing has come yet. */
  #secured: DirectTlsHandle | undefined;

  constructor(connection: BareConnection, handshake: TlsHandshake<T>, steps: HandshakeSteps<T>) {
    this.#connection = connection;
    this.#handshake = handshake;
    this.#steps = steps;
    handshake.becomes(this);
  }

  get bytesRead(): number {
    return this.#connection.bytesRead;
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
    const staple = reading.kind === 'hello' && reading.hello.wantsStatus ? context?.staple : undefined;
    shakeHands(this.#connection, { ...direct, staple, read, owner: this });
  }

  onSecured(handle: DirectTlsHandle): void {
    const context = this.#context;
    if (context === undefined || this.#connection.isClosed) {
      return;
    }
    if (this.#steps.mayWait(this.#handshake)) {
      this.#secured = handle;
    } else {
      this.#connection.release();
      this.#steps.onSecured(this.#handshake, handle, { context });
    }
  }

  onData(handle: DirectTlsHandle, first: Buffer): void {
    const context = this.#context;
    if (context !== undefined && this.#secured === handle && !this.#connection.isClosed) {
      this.#secured = undefined;
      this.#connection.release();
      this.#steps.onSecured(this.#handshake, handle, { context, first });
    }
  }

  /** A client that leaves before the handshake is over has only looked whether somebody is there. */
  onEnd(): void {
    this.destroy();
  }

  /** Behind a handshake, the client gets its close_notify. */
  destroy(): void {
    if (this.#secured !== undefined && !this.#connection.isClosed) {
      closeNotify(this.#secured);
    }
    this.#connection.destroy();
  }

  onClose(): void {
    this.#steps.onClose(this.#handshake);
  }

  onFailed(error: Error): void {
    const isOver = this.#secured !== undefined;
    this.#connection.destroy();
    if (!isOver) {
      this.#steps.onFailed(this.#handshake, error);
    }
  }

  onBug(error: unknown): void {
    this.#handshake.onBug(error);
  }
}
