/**
 * Values that count until a time, in memory that all edge threads share: sessions of TLS that the server keeps for clients which may not keep them themselves (tickets are off), and what
 * authorities have said of clients' certificates. A place of the table is found by the length and the id of the value, which is random or a digest; one that is taken is overwritten, so that
 * nothing has to be thrown away. Places are read and written by several threads at once: a number before and behind each copy tells that it is whole.
 *
 * A place, in words of four bytes: how often it was written, odd while it is; the length of the value; until when it counts, in seconds; a spare one. Then the id, and the value.
 */

const WORD_BYTES = 4;
const ID_AT = 16;
const ID_BYTES_MAX = 32;
const VALUE_AT = ID_AT + ID_BYTES_MAX;
/** Ids of OpenSSL and digests have 32 bytes; by a shorter one a client would choose its place. */
const ID_BYTES_MIN = 16;

export interface Places {
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
export const SESSIONS: readonly Places[] = [SHORT, LONG];
/** What is known of a certificate is a byte: a megabyte. */
export const STATUSES: readonly Places[] = [{ at: 0, count: 16_384, bytes: 64 }];

export function newTableMemory(places: readonly Places[]): SharedArrayBuffer {
  return new SharedArrayBuffer(Math.max(...places.map(({ at, count, bytes }) => at + count * bytes)));
}

export class ExpiringTable {
  readonly #words: Int32Array;
  readonly #bytes: Buffer;
  readonly #places: readonly Places[];

  /** `places`: those that are shorter first. */
  constructor(memory: SharedArrayBuffer, places: readonly Places[]) {
    this.#words = new Int32Array(memory);
    this.#bytes = Buffer.from(memory);
    this.#places = places;
  }

  /** `untilMs`: since 1970. */
  put(id: Buffer, value: Buffer, untilMs: number): void {
    const places = this.#places.find(({ bytes }) => VALUE_AT + value.length <= bytes);
    if (id.length < ID_BYTES_MIN || id.length > ID_BYTES_MAX || places === undefined) {
      return;
    }
    const at = placeOf(id, places);
    const word = at / WORD_BYTES;
    const count = Atomics.load(this.#words, word);
    // Another thread writes here: of two values one is lost.
    if (count % 2 !== 0 || Atomics.compareExchange(this.#words, word, count, count + 1) !== count) {
      return;
    }
    this.#words[word + 1] = value.length;
    this.#words[word + 2] = Math.floor(untilMs / 1000);
    this.#bytes.fill(0, at + ID_AT, at + VALUE_AT);
    id.copy(this.#bytes, at + ID_AT);
    value.copy(this.#bytes, at + VALUE_AT);
    Atomics.store(this.#words, word, (count + 2) | 0);
  }

  find(id: Buffer, nowMs: number): Buffer | undefined {
    if (id.length < ID_BYTES_MIN || id.length > ID_BYTES_MAX) {
      return undefined;
    }
    for (const places of this.#places) {
      const found = this.#findIn(places, id, nowMs);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
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
    const value = Buffer.from(this.#bytes.subarray(at + VALUE_AT, at + VALUE_AT + length));
    return Atomics.load(this.#words, word) === count ? value : undefined;
  }
}

function placeOf(id: Buffer, { at, count, bytes }: Places): number {
  return at + (id.readUInt32LE(0) % count) * bytes;
}
