/**
 * Values in DER (X.690), as certificates and words about them are written: one tag of one byte, the shortest length there is, and nothing behind the last value.
 * Whatever is otherwise is refused: two readers that take other forms differently see two things in the same bytes.
 */

export const TAG = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  enumerated: 0x0a,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
} as const;

/** A value that stands for another in its place: `[0]`, with values in it. */
export function inner(number: number): number {
  return 0xa0 | number;
}

/** The same without values in it. */
export function plain(number: number): number {
  return 0x80 | number;
}

/** What is read is not what is expected. Never leaves the function that reads a whole. */
export class DerFault extends Error {}

/** With what is in it a value may have so many bytes: those here have some kilobytes. */
const LENGTH_BYTES_MAX = 3;
const LONG_FORM = 0x80;
/** Tags of more bytes begin with this number. */
const LONG_TAG = 0x1f;

export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  /** `bytes`: values, one behind the other. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** Whether the next value has this tag. */
  isNext(tag: number): boolean {
    return this.#bytes[this.#at] === tag;
  }

  /** What is in the next value. */
  content(tag: number): Buffer {
    if (!this.isNext(tag)) {
      throw new DerFault(`a value has not the tag ${tag}`);
    }
    const whole = this.whole();
    return whole.subarray(headBytes(whole));
  }

  inside(tag: number): DerReader {
    return new DerReader(this.content(tag));
  }

  insideIf(tag: number): DerReader | undefined {
    return this.isNext(tag) ? this.inside(tag) : undefined;
  }

  /** The next value, whatever it is, with its tag and its length. */
  whole(): Buffer {
    const from = this.#bytes.subarray(this.#at);
    const head = headBytes(from);
    const end = head + lengthIn(from);
    if (end > from.length) {
      throw new DerFault('a value is cut off');
    }
    this.#at += end;
    return from.subarray(0, end);
  }

  /** Bytes of a string of bits that has whole bytes, as keys and signatures do. */
  bits(): Buffer {
    const content = this.content(TAG.bitString);
    if (content[0] !== 0) {
      throw new DerFault('a string of bits has no whole bytes');
    }
    return content.subarray(1);
  }

  objectId(): string {
    return renderObjectId(this.content(TAG.objectId));
  }

  /** Nothing stands behind what has been read. */
  end(): void {
    if (!this.isAtEnd) {
      throw new DerFault('something stands behind the last value');
    }
  }
}

function headBytes(value: Buffer): number {
  const [tag = LONG_TAG, length = LONG_FORM] = value;
  if ((tag & LONG_TAG) === LONG_TAG || length === LONG_FORM || length - LONG_FORM > LENGTH_BYTES_MAX) {
    throw new DerFault('a value has no tag, or no length');
  }
  return length < LONG_FORM ? 2 : 2 + length - LONG_FORM;
}

function lengthIn(value: Buffer): number {
  const first = value[1] ?? 0;
  const count = first - LONG_FORM;
  if (first < LONG_FORM) {
    return first;
  }
  if (value.length < 2 + count) {
    throw new DerFault('a length is cut off');
  }
  const length = value.readUIntBE(2, count);
  if (length < LONG_FORM || length < 2 ** (8 * (count - 1))) {
    throw new DerFault('a length is longer than it has to be');
  }
  return length;
}

/** 2.999.3 and the like have a first number above 1. */
const SECOND_ARCS = 40;
const ARC_BITS = 7;
const ARC_MORE = 0x80;
/** Numbers above are in no name that is looked for. */
const ARC_MAX = 2 ** 40;

function renderObjectId(content: Buffer): string {
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 2 ** ARC_BITS + (byte & (ARC_MORE - 1));
    if (arc > ARC_MAX || (arc === 0 && byte === ARC_MORE)) {
      throw new DerFault('a name of an object has a wrong number');
    }
    if ((byte & ARC_MORE) === 0) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || ((content.at(-1) ?? 0) & ARC_MORE) !== 0) {
    throw new DerFault('a name of an object is cut off');
  }
  const root = Math.min(2, Math.floor(first / SECOND_ARCS));
  return [root, first - root * SECOND_ARCS, ...rest].join('.');
}

/** RFC 5280 4.1.2.5.2: to the second, in UTC. In ms since 1970. */
export function readTime(content: Buffer): number {
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(content.toString('latin1'));
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = found ?? [];
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (found === null || Number.isNaN(timeMs)) {
    throw new DerFault('a time is none');
  }
  return timeMs;
}

/** A value in DER. */
export function renderDer(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  if (length < LONG_FORM) {
    return Buffer.concat([Buffer.from([tag, length]), content]);
  }
  const bytes = Buffer.alloc(LENGTH_BYTES_MAX);
  bytes.writeUIntBE(length, 0, LENGTH_BYTES_MAX);
  const shortest = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, LONG_FORM + shortest.length]), shortest, content]);
}
