/**
 * HalfSipHash-2-4 with 64 bits of result, of a text in which each character is a byte. A table that knows its keys by it needs a few bytes for each, whatever their
 * length. Without the secret nobody can choose two keys with one hash, nor many of one bucket. (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF"; the
 * half variant is made for words of 32 bits, which are what JavaScript computes with.)
 */

const WORD_BYTES = 4;
const FINAL_ROUNDS = 4;

export class KeyedHash {
  /** The result of the last call of `of`. */
  low = 0;
  high = 0;
  readonly #key0: number;
  readonly #key1: number;
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;

  constructor(key0: number, key1: number) {
    this.#key0 = key0;
    this.#key1 = key1;
  }

  of(text: string): void {
    this.#v0 = this.#key0;
    this.#v1 = this.#key1 ^ 0xee;
    this.#v2 = this.#key0 ^ 0x6c796765;
    this.#v3 = this.#key1 ^ 0x74656462;
    const whole = text.length - (text.length % WORD_BYTES);
    for (let index = 0; index < whole; index += WORD_BYTES) {
      this.#take(
        text.charCodeAt(index) |
          (text.charCodeAt(index + 1) << 8) |
          (text.charCodeAt(index + 2) << 16) |
          (text.charCodeAt(index + 3) << 24),
      );
    }
    let last = text.length << 24;
    for (let index = whole; index < text.length; index += 1) {
      last |= text.charCodeAt(index) << (8 * (index - whole));
    }
    this.#take(last);
    this.#v2 ^= 0xee;
    this.#mix(FINAL_ROUNDS);
    this.low = this.#v1 ^ this.#v3;
    this.#v1 ^= 0xdd;
    this.#mix(FINAL_ROUNDS);
    this.high = this.#v1 ^ this.#v3;
  }

  #take(word: number): void {
    this.#v3 ^= word;
    this.#mix(2);
    this.#v0 ^= word;
  }

  #mix(rounds: number): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    for (let round = 0; round < rounds; round += 1) {
      v0 = (v0 + v1) | 0;
      v1 = rotate(v1, 5) ^ v0;
      v0 = rotate(v0, 16);
      v2 = (v2 + v3) | 0;
      v3 = rotate(v3, 8) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = rotate(v3, 7) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = rotate(v1, 13) ^ v2;
      v2 = rotate(v2, 16);
    }
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
