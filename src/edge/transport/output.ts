/**
 * The sending side of a client connection: text, buffers and parts of files leave in the order they were given, files are read
 * only as fast as the client takes them. Knows nothing of HTTP.
 */

import type { Socket } from 'node:net';
import type { BorrowedBody, FilePart } from '../../protocol/http/exchange.ts';
import { DirectWriter } from '../../relay/sockets/direct-writer.ts';
import { EDGE_LIMITS } from '../limits.ts';
import type { Chunk, FileRest } from './read-ahead.ts';
import { giveChunk, ReadAhead } from './read-ahead.ts';

/** Where short pieces are put together, to leave in one write. One for each thread: nothing stays in it. */
const SCRATCH = Buffer.allocUnsafeSlow(65_536);

/** What waits in this thread in outputs that hold more than they may by themselves, or have held it since they were last empty. */
let wideBytes = 0;

/**
 * Where pieces are put together that are shorter still, as most answers are: they go by the handle of the stream, which takes 0.3 µs less than the descriptor but sends what the
 * kernel does not take at once from where it lies. What is so short may lie there; the next piece gets a place of its own.
 */
const SHORT_BYTES = 4096;
let short = Buffer.allocUnsafeSlow(SHORT_BYTES);
/** Fewer bytes are copied in a loop: to call Buffer's copy takes as long as a loop over some dozens. */
const CALL_BYTES_MIN = 64;
const NOTHING = Buffer.alloc(0);

/** Up to this, bytes are sent as text, which needs no memory outside of the heap. */
const TEXT_BYTES_MAX = 8192;

/**
 * What each piece that waits takes beside its bytes, in Node's stream and in the heap: a response written in single bytes must not take fifty times its size.
 */
const PIECE_BYTES = 256;

interface QueuedFile extends FileRest {
  readonly done: () => void;
}

type Borrowed = Omit<BorrowedBody, 'kind'>;

export interface OutputEvents {
  /** Everything that was given has been handed to the kernel. */
  onDrain(): void;
  /** A file could not be read to the end that was promised. */
  onError(error: Error): void;
  /** An error of ours in what the kernel or the disk calls back. */
  onBug(error: unknown): void;
}

export class Output {
  readonly #socket: Socket;
  readonly #direct: DirectWriter;
  readonly #events: OutputEvents;
  /** Pieces that wait behind a file. Empty and undefined on the common path. */
  #queue: (QueuedFile | Buffer)[] | undefined;
  #queuedBytes = 0;
  /** Pieces given to the socket since none of them last waited. */
  #pieces = 0;
  /** Made for the first file of a connection. */
  #readAhead: ReadAhead | undefined;
  /** Of a response's body, without a part of what is there for all. */
  #bodyBytesMax: number = EDGE_LIMITS.outputBytesMax;
  /** Its part of `wideBytes`. */
  #wideBytes = 0;
  /** The kernel has taken the last chunk of a file at once. */
  #takesAtOnce = false;
  /** The kernel has taken what was written: the socket's own drain event does not come for small pieces. */
  readonly #onWritten = (error?: Error | null): void => {
    try {
      if (this.#queue !== undefined) {
        this.#pump();
      } else if (!error && this.#socket.writableLength === 0) {
        this.#tellDrain();
      }
    } catch (bug) {
      this.#events.onBug(bug);
    }
  };

  /** The stream has been asked to tell when the kernel has taken the pieces before. */
  #isAsked = false;
  readonly #onAnswered = (error?: Error | null): void => {
    this.#isAsked = false;
    if (!error && this.#queue === undefined && this.#socket.writableLength > 0) {
      this.#ask(); // Further pieces were given meanwhile.
    } else {
      this.#onWritten(error);
    }
  };

  constructor(socket: Socket, events: OutputEvents) {
    this.#socket = socket;
    this.#direct = new DirectWriter(socket);
    this.#events = events;
  }

  /** What waits, with what it costs to keep it. */
  get bytes(): number {
    const { writableLength } = this.#socket;
    if (writableLength === 0) {
      this.#pieces = 0;
    }
    const { pendingBytes } = this.#direct;
    return (
      writableLength + pendingBytes + this.#queuedBytes + (this.#pieces + (this.#queue?.length ?? 0)) * PIECE_BYTES
    );
  }

  get isEmpty(): boolean {
    return this.#queue === undefined && this.#socket.writableLength === 0 && this.#direct.pendingBytes === 0;
  }

  /** Whether the next response may follow: files are sent, and the client is not far behind. */
  get isReady(): boolean {
    return this.#queue === undefined && this.hasRoom;
  }

  /** True while there is room for more. */
  get hasRoom(): boolean {
    return this.bytes < EDGE_LIMITS.outputBytesMax;
  }

  /** How much of the body that follows may wait. */
  holdBody(bytesMax: number = EDGE_LIMITS.outputBytesMax): void {
    this.#bodyBytesMax = bytesMax;
  }

  /** True while there is room for more of the body of a response. Of this much more may wait while little does for other clients: what waits here is counted among that then. */
  reserveForBody(): boolean {
    const { bytes } = this;
    return bytes < this.#bodyBytesMax || (bytes < EDGE_LIMITS.wideOutputBytesMax && this.#widen(bytes));
  }

  #widen(bytes: number): boolean {
    const more = bytes - this.#wideBytes;
    if (wideBytes + more > EDGE_LIMITS.wideBytesMax) {
      return false;
    }
    wideBytes += more;
    this.#wideBytes = bytes;
    return true;
  }

  /** Nothing waits any more. */
  #narrow(): void {
    wideBytes -= this.#wideBytes;
    this.#wideBytes = 0;
  }

  #tellDrain(): void {
    this.#narrow();
    this.#events.onDrain();
  }

  text(text: string): void {
    if (this.#queue === undefined) {
      if (!this.#sendTogether(text, NOTHING, 0, 0)) {
        this.#give(text);
      }
    } else {
      this.buffer(Buffer.from(text, 'latin1'));
    }
  }

  buffer(bytes: Buffer): void {
    if (this.#queue === undefined) {
      const sent = this.#direct.isReady ? this.#write(bytes, 0, bytes.length) : 0;
      if (sent < bytes.length) {
        this.#give(sent === 0 ? bytes : bytes.subarray(sent));
      }
    } else {
      this.#queuedBytes += bytes.length;
      this.#queue.push(bytes);
    }
  }

  /** Text and bytes in one system call. */
  joined(text: string, bytes: Buffer): void {
    if (this.#queue !== undefined) {
      this.text(text);
      this.buffer(bytes);
      return;
    }
    if (this.#sendTogether(text, bytes, 0, bytes.length)) {
      return;
    }
    this.#socket.cork();
    this.#give(text);
    this.#give(bytes);
    this.#socket.uncork();
  }

  /** As `joined`, for bytes that are borrowed until it returns. */
  borrowed(text: string, { buffer, start, length }: Borrowed): void {
    const end = start + length;
    if (this.#queue === undefined && this.#direct.isReady) {
      const from = start - text.length;
      if (from < 0 || text.length + length <= SHORT_BYTES) {
        if (this.#sendTogether(text, buffer, start, end)) {
          return;
        }
      } else {
        if (text !== '') {
          buffer.latin1Write(text, from);
        }
        this.#sendBorrowed(buffer, from, end);
        return;
      }
    }
    if (length <= TEXT_BYTES_MAX) {
      this.text(text + buffer.latin1Slice(start, end));
    } else if (this.#queue === undefined) {
      this.#socket.cork();
      if (text !== '') {
        this.#give(text);
      }
      this.#giveCopy(buffer, start, end);
      this.#socket.uncork();
    } else {
      this.joined(text, Buffer.from(buffer.subarray(start, end)));
    }
  }

  #sendBorrowed(bytes: Buffer, from: number, to: number): void {
    const sent = from + this.#write(bytes, from, to);
    if (sent < to) {
      this.#giveCopy(bytes, sent, to);
    }
  }

  /** What was borrowed has to wait. */
  #giveCopy(bytes: Buffer, from: number, to: number): void {
    if (to - from <= TEXT_BYTES_MAX) {
      this.#give(Buffer.from(bytes.subarray(from, to)));
      return;
    }
    // In memory of its own, as it is given back.
    const copy = Buffer.allocUnsafeSlow(to - from);
    bytes.copy(copy, 0, from, to);
    this.#give(copy, () => giveBack(copy));
  }

  /** A piece that the socket's stream takes to the kernel. The stream tells by its drain event of many bytes; of many pieces, which cost as much, it has to be asked. */
  #give(piece: Buffer | string, onWritten?: () => void): void {
    this.#pieces += 1;
    this.#socket.write(piece, 'latin1', onWritten);
    if (!this.#isAsked && this.bytes >= this.#bodyBytesMax && !this.#socket.writableNeedDrain) {
      this.#ask();
    }
  }

  /** Behind the end of the connection there is nothing to be told of, and a write would be an error that takes with it what waits. */
  #ask(): void {
    if (this.#socket.writableEnded) {
      return;
    }
    this.#isAsked = true;
    this.#socket.write('', this.#onAnswered);
  }

  /** How many of the bytes the socket need not be given any more. */
  #write(bytes: Buffer, from: number, to: number): number {
    const sent = this.#direct.write(bytes, from, to);
    this.#heedWrite();
    return sent;
  }

  #heedWrite(): void {
    if (this.#direct.isBroken) {
      this.#socket.destroy();
    } else if (this.#direct.pendingBytes > 0 && !this.#isAsked) {
      this.#ask();
    }
  }

  /** Sends text and bytes in one write, if nothing has to leave first and there is room to put them together. */
  #sendTogether(text: string, bytes: Buffer, start: number, end: number): boolean {
    const length = text.length + end - start;
    if (length > SCRATCH.length || !this.#direct.isReady) {
      return false;
    }
    if (length <= SHORT_BYTES) {
      copyTo(short, short.latin1Write(text), bytes, start, end);
      this.#sendShort(short.subarray(0, length));
    } else {
      bytes.copy(SCRATCH, SCRATCH.latin1Write(text), start, end);
      this.#sendBorrowed(SCRATCH, 0, length);
    }
    return true;
  }

  #sendShort(bytes: Buffer): void {
    const sent = this.#direct.writeLasting(bytes);
    this.#heedWrite();
    if (this.#direct.pendingBytes > 0) {
      short = Buffer.allocUnsafeSlow(SHORT_BYTES);
    } else if (sent < bytes.length) {
      this.#giveCopy(bytes, sent, bytes.length);
    }
  }

  file(part: FilePart, done: () => void): void {
    if (this.#queue === undefined && this.#socket.writableLength > 0) {
      // The file waits for what was written before, and only a write with a callback tells when it has left.
      this.#socket.write('', this.#onWritten);
    }
    this.#queue ??= [];
    this.#queue.push({ fd: part.fd, offset: part.offset, left: part.length, done });
    this.#readAhead ??= new ReadAhead((error) => this.#onRead(error));
    if (!this.#readAhead.isReading && this.#queue.length === 1) {
      this.#pump();
    }
  }

  /** The socket has handed everything to the kernel. */
  onSocketDrain(): void {
    if (this.#queue === undefined) {
      this.#tellDrain();
    }
  }

  /** An error of ours in what is called back by the kernel or the disk. */
  fail(error: unknown): void {
    this.#events.onBug(error);
  }

  /** Nothing more is sent; files are given back. */
  close(): void {
    this.#narrow();
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    this.#queuedBytes = 0;
    this.#readAhead?.close();
    this.#readAhead = undefined;
    for (const item of queue) {
      if (!Buffer.isBuffer(item)) {
        item.done();
      }
    }
  }

  #pump(): void {
    while (this.#queue !== undefined && this.#readAhead?.isReading !== true) {
      const item = this.#queue[0];
      if (item === undefined) {
        this.#queue = undefined;
        if (this.#socket.writableLength === 0) {
          this.#tellDrain();
        }
        return;
      }
      if (Buffer.isBuffer(item)) {
        this.#queue.shift();
        this.#queuedBytes -= item.length;
        this.#socket.write(item, this.#onWritten);
      } else if (this.#readAhead === undefined || !this.#pumpFile(item, this.#readAhead)) {
        return;
      }
    }
  }

  /** True when the file is done with and the next item may go. */
  #pumpFile(file: QueuedFile, ahead: ReadAhead): boolean {
    if (ahead.hasNext && this.#socket.writableLength > 0) {
      return false;
    }
    const chunk = ahead.takeNext();
    if (file.left > 0) {
      ahead.read(file, this.#takesAtOnce); // Another thread reads while this one writes.
    }
    if (chunk !== undefined) {
      this.#sendChunk(chunk);
    }
    if (ahead.isReading) {
      return false;
    }
    this.#queue?.shift();
    file.done();
    return true;
  }

  #sendChunk({ memory, length }: Chunk): void {
    const sent = this.#direct.isReady ? this.#write(memory, 0, length) : 0;
    this.#takesAtOnce = sent === length;
    if (this.#takesAtOnce) {
      giveChunk(memory);
      return;
    }
    this.#socket.write(memory.subarray(sent, length), (error) => {
      giveChunk(memory);
      this.#onWritten(error);
    });
  }

  #onRead(error: Error | undefined): void {
    if (error === undefined) {
      this.#onWritten();
    } else {
      this.#events.onError(error);
    }
  }
}

function copyTo(target: Buffer, at: number, bytes: Buffer, start: number, end: number): void {
  if (end - start > CALL_BYTES_MIN) {
    bytes.copy(target, at, start, end);
    return;
  }
  let to = at;
  for (let from = start; from < end; from += 1) {
    target[to] = bytes[from]!;
    to += 1;
  }
}

/**
 * Frees the memory of a piece when the stream is done with it. Left to V8, which collects the whole heap for each thirty megabytes of such pieces, they took four tenths
 * of the processor time of long responses by TLS.
 */
function giveBack({ buffer }: Buffer): void {
  (buffer as ArrayBuffer).transfer(0);
}
