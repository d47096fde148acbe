/**
 * What comes into the buffer of a socket goes straight to whoever takes it, past the function by which Node hands it to the stream: that one looks after a timeout, a state and a
 * choice of buffers which these sockets do not have. Ends and errors are the stream's as before. Where this Node does not show how, all is.
 */

import type { Socket } from 'node:net';
import type { StreamBinding } from './stream-binding.ts';
import { streamBinding } from './stream-binding.ts';

/** Takes the bytes of one read; returns the buffer for the next reads if that is to be another. */
export type Receive = (length: number) => Buffer | undefined;

type OnRead = (this: ReadHandle, bytes?: ArrayBuffer) => unknown;

interface ReadHandle {
  onread?: OnRead;
  [READING]?: Reading | undefined;
}

interface Reading {
  readonly socket: Socket;
  readonly receive: Receive;
  /** How the stream hears of all else. */
  readonly tellStream: OnRead;
  readonly binding: StreamBinding;
}

const READING: unique symbol = Symbol('Reading');

/** For a socket that reads into a buffer. `receive` may not throw. */
export function readDirectly(socket: Socket, receive: Receive): void {
  const { _handle: handle } = socket as unknown as { readonly _handle?: ReadHandle | null };
  const binding = streamBinding();
  const tellStream = handle?.onread;
  if (typeof handle === 'object' && handle !== null && binding !== undefined && typeof tellStream === 'function') {
    handle[READING] = { socket, receive, tellStream, binding };
    handle.onread = onRead;
  }
}

/** Of a handle whose connection is closed. It lives longer than that, and leads to nothing from now on. */
export function forgetReading(handle: object): void {
  if (READING in handle) {
    handle[READING] = undefined;
  }
}

function onRead(this: ReadHandle, bytes?: ArrayBuffer): unknown {
  const reading = this[READING]!;
  const { streamBaseState, kReadBytesOrError } = reading.binding;
  const length = streamBaseState[kReadBytesOrError]!;
  // The buffer that is returned is the one that is read into from now on.
  return length > 0 && !reading.socket.destroyed ? reading.receive(length) : reading.tellStream.call(this, bytes);
}
