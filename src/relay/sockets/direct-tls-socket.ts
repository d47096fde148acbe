/** The stream of a TLS connection whose handshake was made without one (direct-tls.ts): the one stream that there is of it. */

import type { Socket } from 'node:net';
import type { Receive } from './direct-reading.ts';
import { readDirectly } from './direct-reading.ts';
import type { CipherName, DirectTlsHandle } from './direct-tls.ts';
import { closeNotify, leaveHandshake } from './direct-tls.ts';
import type { SocketOwner } from './guarded-socket.ts';
import { failSocket, GuardedSocket, guardSocket } from './guarded-socket.ts';
import { readingInto } from './node-internals.ts';
import { PATIENT, readIntoBuffer, TlsPassage } from './tls-internals.ts';

interface WithReset {
  _reset(): void;
}

export class DirectTlsSocket extends GuardedSocket {
  /** Takes what is read into the buffer. */
  receive: Receive = takeNothing;
  readonly #handle: DirectTlsHandle;

  /** `buffer`: of the thread. */
  constructor(handle: DirectTlsHandle, buffer: Buffer) {
    const guarded: Receive = (length) => {
      try {
        return this.receive(length);
      } catch (error) {
        this.fail(error);
        return undefined;
      }
    };
    const onread = readingInto(buffer, guarded);
    super({ handle, allowHalfOpen: true, onread } as unknown as ConstructorParameters<typeof Socket>[0]);
    readDirectly(this, guarded);
    this.#handle = handle;
    leaveHandshake(handle);
    handle.onerror = (error) => this.destroy(error);
  }

  getCipher(): CipherName | null {
    return this.destroyed ? null : this.#handle.getCipher();
  }

  getProtocol(): string | null {
    return this.destroyed ? null : this.#handle.getProtocol();
  }

  getSession(): Buffer | undefined {
    return this.destroyed ? undefined : this.#handle.getSession();
  }

  isSessionReused(): boolean {
    return !this.destroyed && this.#handle.isSessionReused();
  }

  get alpnProtocol(): string | false | null {
    return this.destroyed ? null : this.#handle.getALPNNegotiatedProtocol();
  }

  setMaxSendFragment(bytes: number): boolean {
    return !this.destroyed && this.#handle.setMaxSendFragment(bytes) === 1;
  }

  /** A client that has closed its side waits for nothing but ours: where nothing is on its way, that needs neither a turn of the event loop nor a listener. */
  override destroySoon(): void {
    if (this.readableEnded && !this.writableEnded && this.writableLength === 0 && this.#isIdle) {
      closeNotify(this.#handle);
      this.destroy();
    } else {
      super.destroySoon();
    }
  }

  get #isIdle(): boolean {
    return !this.destroyed && TlsPassage.of(this)?.isReady === true;
  }

  /**
   * That of `node:net` is for handles of its own. While our side is being closed libuv does not reset a connection, and Node could not close it afterwards. Unix sockets have no
   * reset.
   */
  override resetAndDestroy(): this {
    if ((this.writableEnded && !this.writableFinished) || this.#handle._parent?.reset === undefined) {
      return this.destroy();
    }
    (this as unknown as WithReset)._reset();
    return this;
  }
}

// Once for all: to give each socket methods of its own takes longer than to make it.
Object.assign(DirectTlsSocket.prototype, PATIENT);

function takeNothing(): undefined {
  return undefined;
}

/**
 * The handshake of this connection is over: `receive` takes what is read into the buffer from now on, and `owner` is told of errors of ours. False: the owner is told, but the
 * bytes come by the 'data' events.
 */
export function takeTls(
  socket: Socket,
  buffer: Buffer,
  { owner, receive }: { readonly owner: SocketOwner; readonly receive: Receive },
): boolean {
  if (socket instanceof DirectTlsSocket) {
    socket.owner = owner;
    socket.receive = receive;
    return true;
  }
  guardSocket(socket, owner);
  return readIntoBuffer(socket, buffer, receive, (error) => failSocket(socket, owner, error));
}
