/**
 * Sessions of TLS that the server keeps for clients which may not keep them themselves (tickets are off), in memory that all edge threads share. A place of the table is
 * found by the length and the id of the session, which is random; one that is taken is overwritten, so that nothing has to be thrown away. Places are read and written by several threads
 * at once: a number before and behind each copy tells that it is whole.
 *
 * A place, in words of four bytes: how often it was written, odd while it is; the length of the session; until when it counts, in seconds; a spare one. Then the id, and the session.
 */

const WORD_BYTES = 4;
const ID_AT = 16;
const ID_BYTES_MAX = 32;
const SESSION_AT = ID_AT + ID_BYTES_MAX;
/** Ids of OpenSSL have 32 bytes; by a shorter one a client would choose its place. */
const ID_BYTES_MIN = 16;

interface Places {
  /** Where the first begins. */
  readonly at: number;
  readonly count: number;
  readonly bytes: number;
}

/** A session without the certificate of a client has 120 to 300 bytes. */
const SHORT: Places = { at: 0, count: 8192, bytes: 512 };
/** One with a certificate has one to three thousand; one that does not fit is made anew by its client. */
const LONG: Places = { at: SHORT.count * SHORT.bytes, count: 1024, bytes: 4096 };

/** Eight megabytes, of which the system gives what is written to. */
export function newSessionMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(LONG.at + LONG.count * LONG.bytes);
}

export class SessionTable {
  readonly #words: Int32Array;
  readonly #bytes: Buffer;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
  }

  /** `untilMs`: since 1970. */
  put(id: Buffer, session: Buffer, untilMs: number): void {
    const places = SESSION_AT + session.length > SHORT.bytes ? LONG : SHORT;
    if (id.length < ID_BYTES_MIN || id.length > ID_BYTES_MAX || SESSION_AT + session.length > places.bytes) {
      return;
    }
    const at = placeOf(id, places);
    const word = at / WORD_BYTES;
    const count = Atomics.load(this.#words, word);
    // Another thread writes here: of two sessions one is lost.
    if (count % 2 !== 0 || Atomics.compareExchange(this.#words, word, count, count + 1) !== count) {
      return;
    }
    this.#words[word + 1] = session.length;
    this.#words[word + 2] = Math.floor(untilMs / 1000);
    this.#bytes.fill(0, at + ID_AT, at + SESSION_AT);
    id.copy(this.#bytes, at + ID_AT);
    session.copy(this.#bytes, at + SESSION_AT);
    Atomics.store(this.#words, word, (count + 2) | 0);
  }

  find(id: Buffer, nowMs: number): Buffer | undefined {
    if (id.length < ID_BYTES_MIN || id.length > ID_BYTES_MAX) {
      return undefined;
    }
    return this.#findIn(SHORT, id, nowMs) ?? this.#findIn(LONG, id, nowMs);
  }

  #findIn(places: Places, id: Buffer, nowMs: number): Buffer | undefined {
    const at = placeOf(id, places);
    const word = at / WORD_BYTES;
    const count = Atomics.load(this.#words, word);
    const length = this.#words[word + 1] ?? 0;
    const isThere =
      count % 2 === 0 &&
      length > 0 &&
      (this.#words[word + 2] ?? 0) > nowMs / 1000 &&
      this.#bytes.compare(id, 0, id.length, at + ID_AT, at + ID_AT + id.length) === 0;
    if (!isThere) {
      return undefined;
    }
    const session = Buffer.from(this.#bytes.subarray(at + SESSION_AT, at + SESSION_AT + length));
    return Atomics.load(this.#words, word) === count ? session : undefined;
  }
}

function placeOf(id: Buffer, { at, count, bytes }: Places): number {
  return at + (id.readUInt32LE(0) % count) * bytes;
}
