/**
 * Reading and writing of TLS connections behind Node's documented interface, beside node-internals.ts. Through the streams of a `TLSSocket` a short answer takes
 * 3 of 11 µs more, and each read memory of its own. Where this Node is not as it is expected to be, the streams are used.
 */

import { Socket } from 'node:net';
import type { Receive } from './direct-reading.ts';
import type { StreamBinding, StreamRequest } from './stream-binding.ts';
import { streamBinding } from './stream-binding.ts';

interface TlsHandle {
  readonly _parent?: { readonly writeQueueSize?: number };
  writeBuffer?(request: StreamRequest, bytes: Buffer): number;
  useUserBuffer?(buffer: Buffer): void;
}

interface WithHandle {
  readonly _handle?: TlsHandle | null;
}

/** What a stream calls to write and to end. It waits until a write that went past it is over: the handle takes one at a time, and ends the process otherwise. */
type Passed = '_write' | '_writev' | '_final';
const PASSAGE = Symbol('TlsPassage');
type Call = (this: Socket, ...values: never[]) => void;

interface WithPassage {
  [PASSAGE]?: TlsPassage;
  _final?: Call;
}

interface PassageRequest extends StreamRequest {
  passage?: TlsPassage | undefined;
}

/** Requests to write that are over, for the next writes of this thread: to have Node make one takes a quarter of a microsecond. */
const spare: PassageRequest[] = [];
const SPARE_MAX = 64;

/** Called by Node. */
function onComplete(this: PassageRequest, status: number): void {
  const { passage } = this;
  this.passage = undefined;
  this.handle = undefined;
  if (status === 0 && spare.length < SPARE_MAX) {
    spare.push(this);
  }
  passage?.complete(status);
}

/** Writes of one TLS connection past its stream, one at a time. */
export class TlsPassage {
  /** Bytes that the kernel has not taken of what was written. */
  pendingBytes = 0;
  readonly #socket: Socket;
  readonly #handle: TlsHandle;
  readonly #binding: StreamBinding;
  #isBusy = false;
  /** What the stream wants to do meanwhile: it does one thing at a time. */
  #waiting: (() => void) | undefined;

  private constructor(socket: Socket, handle: TlsHandle, binding: StreamBinding) {
    this.#socket = socket;
    this.#handle = handle;
    this.#binding = binding;
  }

  /** Undefined: the socket's stream is the only way. There is one passage for each socket. */
  static of(socket: Socket): TlsPassage | undefined {
    const handle = (socket as unknown as WithHandle)._handle;
    const marked = socket as Socket & WithPassage;
    if (handle?._parent === undefined || typeof handle.writeBuffer !== 'function') {
      return undefined;
    }
    const binding = streamBinding();
    if (binding !== undefined && marked[PASSAGE] === undefined) {
      marked[PASSAGE] = new TlsPassage(socket, handle, binding);
      if (marked._final !== PATIENT._final) {
        Object.assign(socket, PATIENT);
      }
    }
    return marked[PASSAGE];
  }

  /** What OpenSSL writes by itself may still wait in the kernel's queue, behind which the next write leaves. */
  get isReady(): boolean {
    return !this.#isBusy;
  }

  /** The bytes are borrowed until it returns. False: the connection is broken. Only if `isReady`, and if nothing waits in the stream. */
  write(bytes: Buffer): boolean {
    const { WriteWrap, streamBaseState, kLastWriteWasAsync } = this.#binding;
    const request: PassageRequest = spare.pop() ?? new WriteWrap();
    request.handle = this.#handle;
    request.passage = this;
    request.oncomplete = onComplete;
    this.#isBusy = true;
    const isTaken = this.#handle.writeBuffer?.(request, bytes) === 0;
    if (!isTaken || streamBaseState[kLastWriteWasAsync] === 0) {
      this.#isBusy = false;
    } else if ((this.#handle._parent?.writeQueueSize ?? 0) > 0) {
      this.pendingBytes = bytes.length;
    }
    return isTaken;
  }

  /** The write is over that was under way. */
  complete(status: number): void {
    this.#isBusy = false;
    this.pendingBytes = 0;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (status < 0) {
      this.#socket.destroy(); // As the stream does with a write that fails.
    }
    // A stream that is destroyed wants to know what became of its write all the same.
    waiting?.();
  }

  /** At once, or when the write is over that is under way. */
  whenFree(act: () => void): void {
    if (this.#isBusy) {
      this.#waiting = act;
    } else {
      act();
    }
  }
}

function patient(name: Passed): Call {
  const own = (Socket.prototype as unknown as Readonly<Record<string, Call>>)[name];
  return function (this: Socket & WithPassage, ...values: never[]) {
    const passage = this[PASSAGE];
    if (passage === undefined) {
      own?.apply(this, values);
    } else {
      passage.whenFree(() => own?.apply(this, values));
    }
  };
}

/** For each socket that has a passage: by itself, or for a class of such sockets. */
export const PATIENT: Readonly<Record<Passed, Call>> = {
  _write: patient('_write'),
  _writev: patient('_writev'),
  _final: patient('_final'),
};

interface ReadSymbols {
  readonly buffer: symbol;
  readonly callback: symbol;
  readonly generator: symbol;
}

let knownSymbols: { readonly symbols: ReadSymbols | undefined } | undefined;

/** By which symbols a socket knows the buffer into which it reads: those of one that was made with `onread`. */
function readSymbols(): ReadSymbols | undefined {
  if (knownSymbols === undefined) {
    const made = new Socket({ onread: { buffer: Buffer.alloc(1), callback: () => true } });
    const named = (name: string) => Object.getOwnPropertySymbols(made).find(({ description }) => description === name);
    const [buffer, callback, generator] = [named('kBuffer'), named('kBufferCb'), named('kBufferGen')];
    const isFound = buffer !== undefined && callback !== undefined && generator !== undefined;
    knownSymbols = { symbols: isFound ? { buffer, callback, generator } : undefined };
    made.destroy();
  }
  return knownSymbols.symbols;
}

/**
 * Reads a TLS connection into one buffer from now on, as `listenWithBuffer` does with plain ones. `onError`: `receive` has thrown. False: its 'data' events are the only
 * way, also because something has been read already.
 */
export function readIntoBuffer(
  socket: Socket,
  buffer: Buffer,
  receive: Receive,
  onError: (error: unknown) => void,
): boolean {
  const symbols = readSymbols();
  const handle = (socket as unknown as WithHandle)._handle;
  if (symbols === undefined || typeof handle?.useUserBuffer !== 'function' || socket.readableLength > 0) {
    return false;
  }
  let next: Buffer | undefined;
  const take = (length: number): boolean => {
    next = undefined;
    try {
      next = receive(length);
    } catch (error) {
      onError(error);
    }
    return true;
  };
  Object.assign(socket, { [symbols.buffer]: buffer, [symbols.callback]: take, [symbols.generator]: () => next });
  handle.useUserBuffer(buffer);
  return true;
}
