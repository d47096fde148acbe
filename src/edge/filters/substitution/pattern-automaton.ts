/**
 * Finds any of several byte strings in one pass (Aho and Corasick), without regard to the case of ASCII's letters. The automaton's state tells how many of the last bytes
 * could be the beginning of a string, so a text may come in slices, and each byte is looked at once however the text is made.
 */

export class PatternAutomaton {
  readonly #classes: Uint16Array;
  readonly #classCount: number;
  /** By state and class: the next state. State 0 is the beginning. */
  readonly #next: Int32Array;
  /** By state: how many of the last bytes are the beginning of a string. */
  readonly #depths: Int32Array;
  /** By state: the strings that end here. */
  readonly #ends: readonly (readonly number[])[];
  /** By state: the first of the strings that go on from here. */
  readonly #firstBelow: readonly number[];
  readonly #lengths: readonly number[];
  /** Of the shortest pattern. */
  readonly #shortest: number;
  /** By the byte at the end of a window as long as the shortest pattern: how far the next window is in which a pattern could begin (Horspool). */
  readonly #shifts: Uint8Array;
  /** By byte: 1 if a pattern begins with it. */
  readonly #begins: Uint8Array;

  /** None of the patterns is empty. */
  constructor(patterns: readonly Buffer[]) {
    const folded = patterns.map(foldCase);
    this.#lengths = folded.map(({ length }) => length);
    const { classes, count } = classify(folded);
    this.#classes = classes;
    this.#classCount = count;
    const trie = buildTrie(folded, classes, count);
    this.#depths = Int32Array.from(trie.depths);
    this.#next = link(trie, count);
    this.#ends = trie.ends;
    this.#firstBelow = trie.firstBelow;
    this.#shortest = Math.min(...this.#lengths, SHIFT_MAX);
    this.#shifts = shiftsOf(folded, this.#shortest);
    this.#begins = new Uint8Array(256).map((_, byte) => (this.step(0, byte) === 0 ? 0 : 1));
  }

  get start(): number {
    return 0;
  }

  step(state: number, byte: number): number {
    return this.#next[state * this.#classCount + (this.#classes[byte] ?? 0)] ?? 0;
  }

  /** How many of the last bytes may be the beginning of a string. */
  depthOf(state: number): number {
    return this.#depths[state] ?? 0;
  }

  /** The strings that end with the last byte. */
  endsAt(state: number): readonly number[] {
    return this.#ends[state] ?? NO_ENDS;
  }

  /** The first of the strings of which the last `depthOf` bytes are the beginning, and not the whole; Infinity: there is none. */
  firstBelow(state: number): number {
    return this.#firstBelow[state] ?? Number.POSITIVE_INFINITY;
  }

  lengthOf(pattern: number): number {
    return this.#lengths[pattern] ?? 0;
  }

  /** From `from` on, a byte with which a string begins and before which none does, or `to`. */
  skip(bytes: Buffer, from: number, to: number): number {
    const shifts = this.#shifts;
    const begins = this.#begins;
    const last = this.#shortest - 1;
    let at = from;
    while (at + last < to) {
      const shift = shifts[bytes[at + last] ?? 0] ?? 1;
      if (shift > 0) {
        at += shift;
      } else if (begins[bytes[at] ?? 0] === 0) {
        at += 1;
      } else {
        return at;
      }
    }
    while (at < to && begins[bytes[at] ?? 0] === 0) {
      at += 1;
    }
    return Math.min(at, to);
  }
}

const NO_ENDS: readonly number[] = [];
/** What an entry of the table holds. */
const SHIFT_MAX = 255;

/** A byte that occurs in none of the first `window` bytes of any pattern lets all of them be passed over. */
function shiftsOf(folded: readonly Buffer[], window: number): Uint8Array {
  const shifts = new Uint8Array(256).fill(window);
  for (const pattern of folded) {
    for (let at = 0; at < window; at += 1) {
      const byte = pattern[at] ?? 0;
      shifts[byte] = Math.min(shifts[byte] ?? 0, window - 1 - at);
    }
  }
  for (let byte = 0x41; byte <= 0x5a; byte += 1) {
    shifts[byte] = shifts[byte + 0x20] ?? 0;
  }
  return shifts;
}

function foldCase(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map(foldByte));
}

/** ASCII's capital letters become small ones. */
function foldByte(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/** Bytes that no pattern has are all of class 0. */
function classify(patterns: readonly Buffer[]): { readonly classes: Uint16Array; readonly count: number } {
  const classes = new Uint16Array(256);
  let count = 1;
  for (const pattern of patterns) {
    for (const byte of pattern) {
      if (classes[byte] === 0) {
        classes[byte] = count;
        count += 1;
      }
    }
  }
  for (let byte = 0x41; byte <= 0x5a; byte += 1) {
    classes[byte] = classes[byte + 0x20] ?? 0;
  }
  return { classes, count };
}

interface Trie {
  /** By state: the next state of each class, where a string goes on. */
  readonly rows: Int32Array;
  readonly depths: readonly number[];
  readonly ends: number[][];
  readonly firstBelow: readonly number[];
}

const NONE = -1;

function buildTrie(patterns: readonly Buffer[], classes: Uint16Array, count: number): Trie {
  const statesMax = 1 + patterns.reduce((sum, { length }) => sum + length, 0);
  const rows = new Int32Array(statesMax * count).fill(NONE);
  const depths = [0];
  const ends: number[][] = [[]];
  const firstBelow = [Number.POSITIVE_INFINITY];
  for (const [index, pattern] of patterns.entries()) {
    let state = 0;
    for (const byte of pattern) {
      firstBelow[state] = Math.min(firstBelow[state] ?? index, index);
      const cell = state * count + (classes[byte] ?? 0);
      let next = rows[cell] ?? NONE;
      if (next === NONE) {
        next = depths.length;
        rows[cell] = next;
        depths.push((depths[state] ?? 0) + 1);
        ends.push([]);
        firstBelow.push(Number.POSITIVE_INFINITY);
      }
      state = next;
    }
    ends[state]?.push(index);
  }
  return { rows, depths, ends, firstBelow };
}

/** Fills in where each state goes when no string goes on: to the state of the longest ending that begins one. */
function link({ rows, depths, ends }: Trie, count: number): Int32Array {
  const failures = new Int32Array(depths.length);
  const queue = [0];
  for (let at = 0; at < queue.length; at += 1) {
    const state = queue[at] ?? 0;
    const failure = failures[state] ?? 0;
    for (let cls = 0; cls < count; cls += 1) {
      const cell = state * count + cls;
      const child = rows[cell] ?? NONE;
      const fallback = state === 0 ? 0 : (rows[failure * count + cls] ?? 0);
      if (child === NONE) {
        rows[cell] = fallback;
      } else {
        failures[child] = fallback;
        ends[child]?.push(...(ends[fallback] ?? []));
        queue.push(child);
      }
    }
  }
  return rows.subarray(0, depths.length * count);
}
