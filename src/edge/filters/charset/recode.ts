/** Changes text from one charset to another, by the tables of `charset_map`: between charsets of one byte, and between those and UTF-8. Pure. */

import type { CharsetMap } from '../../../config/model/bodies.ts';

/** Fed a text in slices, which it leaves as they are. */
export interface Recoder {
  feed(bytes: Buffer): Buffer;
  /** What is left of a character of which the rest never came. */
  end(): Buffer;
}

export interface Recoding {
  /** Each byte stays one byte. */
  readonly keepsLength: boolean;
  open(): Recoder;
}

/** By names in lower case, `from to`. Each map works in both directions. */
export type Recodings = ReadonlyMap<string, Recoding>;

export function compileRecodings(maps: readonly CharsetMap[]): Recodings {
  const recodings = new Map<string, Recoding>();
  for (const { from, to, pairs } of maps) {
    const source = from.toLowerCase();
    const target = to.toLowerCase();
    if (target === UTF_8) {
      recodings.set(`${source} ${target}`, toUtf8(pairs));
      recodings.set(`${target} ${source}`, fromUtf8(pairs));
    } else {
      recodings.set(`${source} ${target}`, bytewise(pairs));
      recodings.set(`${target} ${source}`, bytewise(pairs.map(([first, second]) => [second, first] as const)));
    }
  }
  return recodings;
}

const UTF_8 = 'utf-8';
const ASCII_MAX = 0x7f;
const UNKNOWN = 0x3f; // ?
const NOTHING: Buffer = Buffer.alloc(0);

type Pairs = CharsetMap['pairs'];

function bytewise(pairs: Pairs): Recoding {
  const table = new Uint8Array(256).map((_, byte) => (byte <= ASCII_MAX ? byte : UNKNOWN));
  for (const [from, to] of pairs) {
    table[Number.parseInt(from, 16)] = Number.parseInt(to, 16);
  }
  const recoder: Recoder = {
    feed(bytes) {
      // Not in place: the bytes may be those of a file that lies in memory.
      const output = Buffer.allocUnsafe(bytes.length);
      for (let at = 0; at < bytes.length; at += 1) {
        output[at] = table[bytes[at] ?? 0] ?? UNKNOWN;
      }
      return output;
    },
    end: () => NOTHING,
  };
  return { keepsLength: true, open: () => recoder };
}

function toUtf8(pairs: Pairs): Recoding {
  const characters = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte <= ASCII_MAX ? byte : UNKNOWN]));
  for (const [from, to] of pairs) {
    characters[Number.parseInt(from, 16)] = Buffer.from(to, 'hex');
  }
  const lengths = Uint8Array.from(characters, ({ length }) => length);
  const recoder: Recoder = {
    feed(bytes) {
      let length = 0;
      for (const byte of bytes) {
        length += lengths[byte] ?? 0;
      }
      const output = Buffer.allocUnsafe(length);
      let to = 0;
      for (const byte of bytes) {
        const character = characters[byte] ?? NOTHING;
        for (let at = 0; at < character.length; at += 1) {
          output[to + at] = character[at] ?? 0;
        }
        to += character.length;
      }
      return output;
    },
    end: () => NOTHING,
  };
  return { keepsLength: false, open: () => recoder };
}

function fromUtf8(pairs: Pairs): Recoding {
  const bytes = new Map<number, number>();
  for (const [to, from] of pairs) {
    bytes.set(decodeAt(Buffer.from(from, 'hex'), 0).point, Number.parseInt(to, 16));
  }
  return { keepsLength: false, open: () => new Utf8Reader(bytes) };
}

/** Of points that no character has. */
const INCOMPLETE = -1;
const INVALID = -2;

interface Decoded {
  readonly point: number;
  readonly length: number;
}

/** A character beyond ASCII. What is not UTF-8 is one byte long, so that no `<` behind it is lost. */
function decodeAt(bytes: Buffer, at: number): Decoded {
  const lead = bytes[at] ?? 0;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0) {
    return lead <= ASCII_MAX ? { point: lead, length: 1 } : { point: INVALID, length: 1 };
  }
  let point = lead & (0x7f >> length);
  for (let more = 1; more < length; more += 1) {
    const byte = bytes[at + more];
    if (byte === undefined) {
      return { point: INCOMPLETE, length: 0 };
    }
    if ((byte & 0xc0) !== 0x80) {
      return { point: INVALID, length: 1 };
    }
    point = (point << 6) | (byte & 0x3f);
  }
  return point < LEAST_POINT[length]! || point > 0x10_ffff ? { point: INVALID, length: 1 } : { point, length };
}

/** What is longer than it need be is no UTF-8 (RFC 3629 3). */
const LEAST_POINT: readonly number[] = [0, 0, 0x80, 0x800, 0x1_0000];

/** Characters that the charset lacks become references of HTML, as nginx writes them. */
class Utf8Reader implements Recoder {
  readonly #bytes: ReadonlyMap<number, number>;
  #held: Buffer = NOTHING;

  constructor(bytes: ReadonlyMap<number, number>) {
    this.#bytes = bytes;
  }

  feed(slice: Buffer): Buffer {
    const input = this.#held.length === 0 ? slice : Buffer.concat([this.#held, slice]);
    this.#held = NOTHING;
    let output = '';
    for (let at = 0; at < input.length; ) {
      const { point, length } = decodeAt(input, at);
      if (point === INCOMPLETE) {
        this.#held = Buffer.from(input.subarray(at));
        break;
      }
      output += this.#render(point);
      at += length;
    }
    return Buffer.from(output, 'latin1');
  }

  #render(point: number): string {
    if (point === INVALID) {
      return '?';
    }
    const byte = this.#bytes.get(point) ?? (point <= ASCII_MAX ? point : undefined);
    return byte === undefined ? `&#${point};` : String.fromCharCode(byte);
  }

  end(): Buffer {
    const rest = this.#held.length === 0 ? NOTHING : Buffer.from('?');
    this.#held = NOTHING;
    return rest;
  }
}
