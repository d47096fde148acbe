/**
 * An accepted connection without a stream of Node's around it: what comes first is read by whoever decides what the connection is to be. Under TLS such a stream, which only
 * carries another, took 60 µs of a connection. Where this Node does not show what is needed, connections are streams from the beginning.
 */

import type { Server } from 'node:net';
import { Socket } from 'node:net';
import type { ConnectionHandle, ListenPlace } from './node-internals.ts';
import { listenForHandles } from './node-internals.ts';
import type { StreamBinding } from './stream-binding.ts';
import { streamBinding } from './stream-binding.ts';

/** The handle of a connection, as far as it is used past Node's streams. */
export interface BareHandle extends ConnectionHandle {
  readonly bytesRead?: number;
  /** Must be there as long as the handle reads: Node calls it without asking, and ends the process where there is none. */
  onread?: (bytes?: ArrayBuffer) => unknown;
  readStart(): number;
  readStop(): number;
  close(done?: () => void): void;
  reset?(done: () => void): number;
  getpeername?(names: Names): number;
  getsockname?(names: Names): number;
  [OWNER]?: BareConnection | undefined;
}

interface Names {
  address?: string;
  port?: number;
}

export interface BareReader {
  onBytes(bytes: Buffer): void;
  /** The peer has closed its side, or is gone. */
  onEnd(): void;
  /** The connection is closed, by whomever. */
  onClose(): void;
  /** An error of ours. */
  onBug(error: unknown): void;
}

const OWNER: unique symbol = Symbol('BareConnection');

/**
 * Undefined: this Node does not show how connections are read. `onConnection` is given each connection; one in which it fails is closed. A connection that it does not read
 * waits as it is.
 */
export function listenForBare(
  where: ListenPlace,
  onConnection: (connection: BareConnection) => void,
  onBug: (error: unknown) => void,
): Server | undefined {
  const binding = streamBinding();
  if (binding === undefined) {
    return undefined;
  }
  return listenForHandles(where, (handle) => {
    const connection = new BareConnection(handle as BareHandle, binding);
    try {
      onConnection(connection);
    } catch (error) {
      onBug(error);
      connection.destroy();
    }
  });
}

export class BareConnection {
  readonly handle: BareHandle;
  isClosed = false;
  /** Lets go of what is built upon the connection, when it has been closed. */
  onRelease: (() => void) | undefined;
  readonly #binding: StreamBinding;
  #reader: BareReader | undefined;
  #peer: Names | undefined;

  constructor(handle: BareHandle, binding: StreamBinding) {
    this.handle = handle;
    this.#binding = binding;
  }

  get remoteAddress(): string | undefined {
    return this.#peerNames().address;
  }

  get remotePort(): number | undefined {
    return this.#peerNames().port;
  }

  /** Of this machine's end. */
  get localAddress(): string | undefined {
    const names: Names = {};
    this.handle.getsockname?.(names);
    return names.address;
  }

  get bytesRead(): number {
    return this.handle.bytesRead ?? 0;
  }

  #peerNames(): Names {
    if (this.#peer === undefined) {
      this.#peer = {};
      this.handle.getpeername?.(this.#peer);
    }
    return this.#peer;
  }

  /** From now on. */
  read(reader: BareReader): void {
    const { handle } = this;
    this.#reader = reader;
    handle[OWNER] = this;
    handle.onread = onRead;
    handle.reading = true;
    const status = handle.readStart();
    if (status !== 0) {
      this.destroy();
    }
  }

  /** Called by Node: something has come, or the connection has failed. */
  take(bytes: ArrayBuffer | undefined): void {
    const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } = this.#binding;
    const length = streamBaseState[kReadBytesOrError] ?? 0;
    const reader = this.#reader;
    if (this.isClosed || reader === undefined || length === 0) {
      return;
    }
    try {
      if (length > 0 && bytes !== undefined) {
        reader.onBytes(Buffer.from(bytes, streamBaseState[kArrayBufferOffset], length));
      } else {
        reader.onEnd();
      }
    } catch (error) {
      reader.onBug(error);
    }
  }

  /** Another reads the handle from now on. What waited for the connection is let go of. */
  release(): void {
    this.#reader = undefined;
    this.handle[OWNER] = undefined;
  }

  /**
   * The connection becomes a stream of Node's. `read`: what has been read of it, and is still to be read from the stream, which is paused then. The reader hears nothing more.
   */
  toSocket(read?: Buffer): Socket {
    const { handle } = this;
    this.release();
    const hasRead = read !== undefined;
    if (hasRead) {
      handle.reading = false;
      handle.readStop();
    }
    // `handle` is how net.Server itself makes the socket of a connection; the types leave it out.
    const options = { handle, pauseOnCreate: hasRead };
    const socket = new Socket(options as unknown as ConstructorParameters<typeof Socket>[0]);
    if (hasRead) {
      socket.unshift(read);
    }
    return socket;
  }

  /** Closes at once, whatever is lost by that. */
  destroy(): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.handle.onread = ignore;
      this.handle.close(() => {
        this.onRelease?.();
        this.#reader?.onClose();
      });
    }
  }
}

function onRead(this: BareHandle, bytes?: ArrayBuffer): void {
  this[OWNER]?.take(bytes);
}

function ignore(): void {
  // What comes to a connection that is being closed is nobody's.
}
