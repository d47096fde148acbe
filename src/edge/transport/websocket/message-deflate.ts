/**
 * permessage-deflate (RFC 7692 7.2) of one connection: compresses and decompresses whole messages.
 *
 * Both directions are independent. In each, one message at a time: the next may be given when the callback of the one before has
 * been called, which for small messages happens before the call returns. What is given must stay as it is until then. After
 * `close` nothing is done and no callback comes.
 *
 * Contexts are made when the first message needs them. Measured, a connection that has sent and received compressed messages
 * holds 118 KiB for its compressor, until one that sends more often needs it (see ZlibContexts), and 19 KiB for its decompressor,
 * or 43 where the client does not let us ask for a smaller window. Without context takeover nothing is kept between messages.
 */

import type { DeflateParameters } from '../../../protocol/websocket/deflate-offer.ts';
import type { ZlibContext } from './zlib-context.ts';
import { ZLIB_FLUSH } from './zlib-context.ts';
import type { ZlibContexts } from './zlib-contexts.ts';

export const DEFLATE_LIMITS = {
  /** Shorter messages are sent plain: the header of a block and the time to make it are not worth it. */
  plainBytesMin: 64,
  /**
   * Bits of the windows of both directions, the client's if it lets us ask. Chat messages of 200 bytes shrink to 38 % with it, to 34 %
   * with the largest (15), which doubles the memory; to 42 % with 12, which saves an eighth.
   */
  windowBitsMax: 13,
} as const;

export interface MessageDeflateOptions {
  /** The longest message, decompressed. */
  readonly messageBytesMax: number;
  /** Shared by the connections of a thread. */
  readonly contexts: ZlibContexts;
}

/** A message decompressed; 'bad': it is not DEFLATE or not whole (close with 1007); 'too-big': over the limit (1009). */
export type Inflated = Buffer | 'bad' | 'too-big';

/** RFC 7692 7.2.2: every compressed message ends with this, which is not sent. */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/**
 * One byte more, and zlib is told to stop at the end of a block: if it takes the byte, the message ended in the middle of one. This
 * is not seen where SyncZlib cannot be used.
 */
const TAIL_AND_PROBE = Buffer.from([...TAIL, 0x00]);
const PROBE_BYTES = 1;

export class MessageDeflate {
  readonly #parameters: DeflateParameters;
  readonly #messageBytesMax: number;
  readonly #contexts: ZlibContexts;
  #inflater: ZlibContext | undefined;
  #deflater: ZlibContext | undefined;
  #isClosed = false;
  readonly #onDeflaterTaken = (): void => {
    this.#deflater = undefined;
  };

  constructor(parameters: DeflateParameters, { messageBytesMax, contexts }: MessageDeflateOptions) {
    this.#parameters = parameters;
    this.#messageBytesMax = messageBytesMax;
    this.#contexts = contexts;
  }

  /**
   * `bytes` is the payload of a compressed message. After a callback without a message the connection is to be closed. When the message needs more than one
   * piece of output, `onLarge` is called, and nothing more is decompressed until its `goOn` is.
   */
  inflate(bytes: Buffer, onLarge: (goOn: () => void) => void, callback: (result: Inflated) => void): void {
    if (this.#isClosed) {
      return;
    }
    this.#inflater ??= this.#contexts.take('inflate', this.#parameters.clientMaxWindowBits);
    const inflater = this.#inflater;
    const job = { input: bytes, flush: ZLIB_FLUSH.none, outputBytesMax: this.#messageBytesMax, onLarge };
    inflater.run(job, (output, inputLeft) => {
      if (typeof output === 'string') {
        this.#inflater = undefined;
        callback(output);
      } else if (inputLeft > 0) {
        // RFC 7692 7.2.3.4: a final block, then the first byte of an empty one. More after it nobody sends, and would cost a reset
        // for every two bytes.
        this.#dropInflater(inflater);
        callback(inputLeft === 1 && bytes.at(-1) === 0 ? output : 'bad');
      } else {
        this.#endMessage(inflater, output, callback);
      }
    });
  }

  /** Gives the payload of a compressed message, or undefined: the message is to be sent as it is. */
  deflate(bytes: Buffer, callback: (compressed: Buffer | undefined) => void): void {
    if (this.#isClosed) {
      return;
    }
    if (bytes.length < DEFLATE_LIMITS.plainBytesMin) {
      callback(undefined);
      return;
    }
    const { serverMaxWindowBits, serverNoContextTakeover } = this.#parameters;
    const windowBits = Math.min(serverMaxWindowBits, DEFLATE_LIMITS.windowBitsMax);
    this.#deflater ??= this.#contexts.take('deflate', windowBits);
    const deflater = this.#deflater;
    const job = { input: bytes, flush: ZLIB_FLUSH.sync, outputBytesMax: Number.POSITIVE_INFINITY };
    deflater.run(job, (output) => {
      if (typeof output === 'string') {
        // zlib had no memory. The client has not seen this message compressed, so a compressor that begins anew is in step with it.
        this.#dropDeflater(deflater);
        callback(undefined);
        return;
      }
      const compressed = output.subarray(0, output.length - TAIL.length);
      if (serverNoContextTakeover) {
        this.#dropDeflater(deflater);
      } else {
        this.#contexts.keep(deflater, this.#onDeflaterTaken);
      }
      // With context takeover it must be sent even so: later messages refer to it.
      callback(serverNoContextTakeover && compressed.length >= bytes.length ? undefined : compressed);
    });
  }

  /** May be called while something is under way. */
  close(): void {
    this.#isClosed = true;
    if (this.#inflater !== undefined) {
      this.#dropInflater(this.#inflater);
    }
    if (this.#deflater !== undefined) {
      this.#dropDeflater(this.#deflater);
    }
  }

  #endMessage(inflater: ZlibContext, output: Buffer, callback: (result: Inflated) => void): void {
    const { runsSync } = inflater;
    const job = runsSync
      ? { input: TAIL_AND_PROBE, flush: ZLIB_FLUSH.block, outputBytesMax: 0 }
      : { input: TAIL, flush: ZLIB_FLUSH.none, outputBytesMax: 0 };
    inflater.run(job, (rest, inputLeft) => {
      const isWhole = typeof rest !== 'string' && inputLeft === (runsSync ? PROBE_BYTES : 0);
      if (!isWhole || this.#parameters.clientNoContextTakeover) {
        this.#dropInflater(inflater);
      }
      callback(isWhole ? output : 'bad');
    });
  }

  #dropInflater(inflater: ZlibContext): void {
    this.#inflater = undefined;
    this.#contexts.give(inflater);
  }

  #dropDeflater(deflater: ZlibContext): void {
    this.#deflater = undefined;
    this.#contexts.give(deflater);
  }
}
