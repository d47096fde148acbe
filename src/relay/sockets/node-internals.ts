/**
 * What reaches behind Node's documented interface, with stream-binding.ts, bare-connection.ts, and for TLS direct-tls.ts, tls-internals.ts and told-authorities.ts. At each use stands what is
 * gained by it, and what is done where it cannot be used. The version of Node is pinned, and a test of each use runs with it.
 */

import { writeSync } from 'node:fs';
import type { Server, Socket, SocketConstructorOpts } from 'node:net';
import { createServer } from 'node:net';
import type { BrotliCompress, DeflateRaw, Gunzip, Gzip, InflateRaw, ZstdCompress } from 'node:zlib';
import type { Receive } from './direct-reading.ts';
import { readDirectly } from './direct-reading.ts';
import { GuardedSocket } from './guarded-socket.ts';

/** Of a connection, or of what accepts connections. */
export interface ConnectionHandle {
  readonly fd?: number;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
  reading?: boolean;
  readStart?(): number;
  readStop?(): number;
  useUserBuffer?(buffer: Buffer): void;
  readonly _parent?: ConnectionHandle | undefined;
  setNoDelay?(enable: boolean): number;
  onconnection?: (status: number, client: ConnectionHandle | undefined) => void;
}

interface WithCarrier {
  readonly _parent?: Socket | null;
}

interface WithHandle {
  readonly _handle?: ConnectionHandle | null;
}

/**
 * Bytes that the kernel has taken from a socket's stream, ever. A stream counts a write as unsent until its last byte is gone, so a slow
 * reader of one large write would look like one that has stopped reading.
 */
export function sentBytes(socket: Socket): number {
  const handle = (socket as unknown as WithHandle)._handle;
  // Under TLS, the handle of the connection that carries it.
  const { bytesWritten = socket.bytesWritten, writeQueueSize = socket.writableLength } =
    handle?._parent ?? handle ?? {};
  return bytesWritten - writeQueueSize;
}

/** The socket's file descriptor, to write to it at once; undefined if it has none, or if TLS alone may write to it. */
export function descriptorOf(socket: Socket): number | undefined {
  const handle = (socket as unknown as WithHandle)._handle;
  const fd = handle?._parent === undefined ? handle?.fd : undefined;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}

/**
 * Writes to the connection that carries a TLS connection of ours, at its 'connect': before the handshake, which Node begins in a later listener of that event. A socket of
 * our own under TLS would be the documented way, but then what is read cannot be read into a buffer. An error of the system is thrown; so is it if the bytes, which are few,
 * do not fit into the empty buffer of the connection.
 */
export function writeBeforeTls(socket: Socket, bytes: Buffer): void {
  const fd = (socket as unknown as WithHandle)._handle?._parent?.fd;
  if (fd === undefined || fd < 0) {
    throw new Error('this Node does not show the handle of the connection under TLS');
  }
  if (writeSync(fd, bytes) < bytes.length) {
    throw new Error('the connection has no room for what comes before TLS');
  }
}

/**
 * The socket that carries a TLS connection, which is the connection itself where it stands right upon the system's; undefined for sockets without TLS. This is the only way
 * to learn from `node:tls` whose handshake has ended.
 */
export function carrierOf(socket: Socket): Socket | undefined {
  const isTls = (socket as unknown as WithHandle)._handle?._parent !== undefined;
  return (socket as unknown as WithCarrier)._parent ?? (isTls ? socket : undefined);
}

/**
 * Reads nothing more from a socket until the event loop has turned, whether it is paused meanwhile or not. `pause` and `resume` cannot be
 * used for it: they belong to whoever wants the bytes.
 */
export function readLater(socket: Socket): void {
  const handle = (socket as unknown as WithHandle)._handle;
  if (handle?.reading !== true || handle.readStop === undefined) {
    return;
  }
  handle.reading = false;
  handle.readStop();
  setImmediate(() => {
    if (!socket.destroyed && !socket.isPaused() && handle.reading === false) {
      handle.reading = true;
      handle.readStart?.();
    }
  });
}

/**
 * A socket that was made with `onread` reads into this buffer from now on. Who may read only so fast has to say how much is read at most; without this, all that a
 * whole buffer holds would come at once.
 */
export function readInto(socket: Socket, buffer: Buffer): void {
  (socket as unknown as WithHandle)._handle?.useUserBuffer?.(buffer);
}

/**
 * Resets a connection, or closes it where it has no reset: a Unix socket, and one whose own side is being closed. There libuv refuses, and Node could not close it afterwards either: its
 * descriptor would be lost.
 */
export function resetConnection(socket: Socket): void {
  const carrier = carrierOf(socket) ?? socket;
  if (carrier.remoteAddress === undefined || isBeingClosed(socket) || isBeingClosed(carrier)) {
    carrier.destroy();
  } else {
    carrier.resetAndDestroy();
  }
}

/** All is sent, and the kernel is about to be told that nothing follows. */
function isBeingClosed(socket: Socket): boolean {
  return socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
}

const NO_BYTES = Buffer.alloc(0);
const GONE: ReadonlySet<string | undefined> = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/**
 * Whether the peer has reset the connection, vanished from the network, or closed its Unix socket. The event loop tells nothing of a socket
 * that is not read, and Node has no call that asks. A write of no bytes sends nothing, but fails where one of some bytes would: the
 * kernel looks at the state of the connection first. That a TCP peer has closed shows only once it has answered something by a reset.
 */
export function isPeerGone(socket: Socket): boolean {
  const handle = socket.destroyed ? undefined : (socket as unknown as WithHandle)._handle;
  const { fd = -1 } = handle?._parent ?? handle ?? {};
  if (fd < 0) {
    return false;
  }
  try {
    writeSync(fd, NO_BYTES, 0, 0);
    return false;
  } catch (error) {
    return GONE.has((error as NodeJS.ErrnoException).code);
  }
}

export type ListenPlace = { readonly fd: number; readonly backlog: number } | { readonly path: string };
export type OnSocket = (socket: GuardedSocket) => Receive;

/**
 * Listens on an inherited descriptor, or a path, with one read buffer for all connections: `onSocket` is given each and returns what takes the
 * bytes that are in the buffer. Through the documented way (`createServer` and 'data' events) each read allocates 64 KiB and
 * shrinks it again: 1.3 of 8.6 µs a request in a hello-world server, and memory for each idle connection.
 */
export function listenWithBuffer(
  where: ListenPlace,
  buffer: Buffer,
  onSocket: OnSocket,
  onBug: (error: unknown) => void,
): Server {
  return listenForHandles(where, (handle) => adopt(handle, buffer, { onSocket, onBug }));
}

/** Gives each connection as Node accepts it, before it is a stream: `onHandle` may not throw. */
export function listenForHandles(where: ListenPlace, onHandle: (handle: ConnectionHandle) => void): Server {
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
      onHandle(client);
    }
  };
  return server;
}

interface SocketOwner {
  readonly onSocket: OnSocket;
  readonly onBug: (error: unknown) => void;
}

function adopt(handle: ConnectionHandle, buffer: Buffer, { onSocket, onBug }: SocketOwner): void {
  let receive: Receive = () => undefined;
  const guarded: Receive = (length) => {
    try {
      return receive(length);
    } catch (error) {
      socket.fail(error);
      return undefined;
    }
  };
  const options = { handle, allowHalfOpen: true, onread: readingInto(buffer, guarded) };
  // `handle` is how net.Server itself makes the socket of a connection; the types leave it out.
  const socket = new GuardedSocket(options as unknown as ConstructorParameters<typeof Socket>[0]);
  readDirectly(socket, guarded);
  try {
    receive = onSocket(socket);
  } catch (error) {
    onBug(error);
    socket.destroy();
  }
}

/** The option `onread` of a socket that begins with this buffer, and goes on with those that `receive` gives. */
export function readingInto(buffer: Buffer, receive: Receive): NonNullable<SocketConstructorOpts['onread']> {
  let next: Buffer | undefined = buffer;
  return {
    // Asked once at first and after each read; where it gives none, Node reads into the same as before. The types want one each time.
    buffer: (() => next) as () => Buffer,
    callback: (length: number): boolean => {
      next = receive(length);
      return true;
    },
  };
}

interface ZlibHandle {
  writeSync(...call: readonly [flush: number, input: Buffer, from: number, bytes: number, ...output: ZlibOutput]): void;
}

type ZlibOutput = readonly [output: Buffer, from: number, bytes: number];

interface ZlibState {
  readonly _handle?: ZlibHandle | null;
  /** What the last call left over: bytes of output, bytes of input. */
  readonly _writeState?: Uint32Array;
  _chunkSize: number;
  _outBuffer: Buffer;
  _outOffset: number;
}

/**
 * Runs the context of a zlib stream in the calling thread and leaves it open. Through the documented interface a message either
 * goes through the thread pool, 80 to 170 µs for one of 200 bytes that is inflated here in 1.5, or ends the context
 * (`inflateRawSync`), and with it the window that permessage-deflate keeps. Where `of` gives undefined, the thread pool is left.
 *
 * The stream must be idle: with a write of its own pending, Node ends the process.
 */
export class SyncZlib {
  /** Bytes that the last `run` has not read, and has not written. */
  inputLeft = 0;
  outputLeft = 0;
  readonly #stream: InflateRaw | DeflateRaw;
  readonly #state: ZlibState;

  private constructor(stream: InflateRaw | DeflateRaw, state: ZlibState) {
    this.#stream = stream;
    this.#state = state;
  }

  static of(stream: InflateRaw | DeflateRaw): SyncZlib | undefined {
    const state = stream as unknown as ZlibState;
    const isAsExpected =
      typeof state._handle?.writeSync === 'function' &&
      state._writeState instanceof Uint32Array &&
      state._writeState.length === 2 &&
      typeof state._chunkSize === 'number' &&
      state._outBuffer instanceof Buffer &&
      state._outOffset === 0;
    return isAsExpected ? new SyncZlib(stream, state) : undefined;
  }

  /**
   * Reads `input` from `from` on, and writes to the beginning of `output`. `flush` is one of zlib's. False if the data is bad: the
   * stream is destroyed then, and emits 'error'.
   */
  run(flush: number, input: Buffer, from: number, output: Buffer): boolean {
    const { _handle: handle, _writeState: left } = this.#state;
    handle?.writeSync(flush, input, from, input.length - from, output, 0, output.length);
    this.outputLeft = left?.[0] ?? 0;
    this.inputLeft = left?.[1] ?? 0;
    return !this.#stream.destroyed;
  }

  /**
   * How much output the stream makes at a time in the thread pool. A stream holds that much memory as long as it is open, so
   * one that is mostly run in this thread is made with the least that Node permits, and gets more when it needs it.
   */
  resizeChunks(bytes: number): void {
    this.#state._chunkSize = bytes;
    this.#state._outBuffer = Buffer.allocUnsafe(bytes);
    this.#state._outOffset = 0;
  }
}

interface ZlibJobHandle extends ZlibHandle {
  write(...call: readonly [flush: number, input: Buffer, from: number, bytes: number, ...output: ZlibOutput]): void;
  reset(): void;
  close(): void;
  cb?: () => void;
  onerror?: (message: string, errno: number, code: string) => void;
  /** Node's own code lets go of it when a job is over. */
  buffer?: Buffer | null;
  /** Memory that must live as long as the job that writes to it. */
  output?: Buffer;
}

/**
 * The context of a zlib stream without the stream: one job at a time, in the thread pool or in the calling thread. Through the stream a job of 20 KB takes 35 µs more
 * of the event loop's thread, as much as all the rest of a response. Where `of` gives undefined, nothing is compressed.
 *
 * Node calls `cb` of the handle when a job is over and the handle's owner, which is found by a symbol, is destroyed; so an owner that is nothing else takes the place of
 * the stream.
 */
export class ZlibJobContext {
  /** Bytes that the last job has not read, and has not written. */
  inputLeft = 0;
  outputLeft = 0;
  readonly #handle: ZlibJobHandle;
  readonly #left: Uint32Array;
  #done: ((isGood: boolean) => void) | undefined;
  #isBad = false;

  private constructor(handle: ZlibJobHandle, owner: symbol, left: Uint32Array) {
    this.#handle = handle;
    this.#left = left;
    (handle as unknown as Record<symbol, unknown>)[owner] = { destroyed: true };
    handle.cb = () => this.#finish(true);
    handle.onerror = () => {
      this.#isBad = true;
      this.#finish(false);
    };
  }

  /** The stream must be new, and is not to be used any more. */
  static of(stream: Gzip | Gunzip | BrotliCompress | ZstdCompress): ZlibJobContext | undefined {
    const { _handle: handle, _writeState: left } = stream as unknown as {
      readonly _handle?: ZlibJobHandle | null;
      readonly _writeState?: Uint32Array;
    };
    if (typeof handle?.write !== 'function' || typeof handle.writeSync !== 'function' || left?.length !== 2) {
      return undefined;
    }
    const owner = Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol');
    return owner === undefined ? undefined : new ZlibJobContext(handle, owner, left);
  }

  /** In the thread pool. `done` is called once, also when the context was closed meanwhile; `isGood` false: the data is bad, and the context of no more use. */
  run(flush: number, input: Buffer, from: number, output: Buffer, done: (isGood: boolean) => void): void {
    const handle = this.#handle;
    this.#done = done;
    handle.buffer = input;
    handle.output = output;
    handle.write(flush, input, from, input.length - from, output, 0, output.length);
  }

  /** In the calling thread. False: the data is bad. */
  runHere(flush: number, input: Buffer, from: number, output: Buffer): boolean {
    this.#handle.writeSync(flush, input, from, input.length - from, output, 0, output.length);
    this.#readLeft();
    return !this.#isBad;
  }

  /** Forgets all input, as if new. Contexts of brotli and zstd forget their parameters too, so only one of gzip can be used again. */
  reset(): void {
    this.#handle.reset();
  }

  /** Its memory is given back, after the job that may be running. */
  close(): void {
    this.#handle.close();
  }

  #finish(isGood: boolean): void {
    const done = this.#done;
    this.#done = undefined;
    this.#handle.buffer = null;
    this.#readLeft();
    done?.(isGood);
  }

  #readLeft(): void {
    this.outputLeft = this.#left[0] ?? 0;
    this.inputLeft = this.#left[1] ?? 0;
  }
}
