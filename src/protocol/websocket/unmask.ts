/**
 * Unmasking (RFC 6455 5.3), the one loop here that touches every byte a client sends.
 *
 * A key is a 32-bit integer whose lowest byte is for the next byte of payload. So that a payload may come in pieces, the key
 * is turned by each piece.
 *
 * Words of 32 bits against a loop over bytes: 44 and 66 ns for 48 bytes, 52 and 154 for 125, 0.22 and 1.06 µs for 1 KiB, 10.5 and
 * 66 for 64 KiB, 166 and 1050 for 1 MiB. Words of 64 bits take 107 µs for that, but a loop over BigInts is many times slower until
 * it is compiled.
 */

/** Below this the view of words costs more than it saves. */
const WORDS_BYTES_MIN = 48;
const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The key for what follows `length` bytes of payload. */
export function turnKey(key: number, length: number): number {
  const bits = (length & 3) * 8;
  return bits === 0 ? key : (key >>> bits) | (key << (32 - bits));
}

/** Unmasks `bytes` from `from` to `to` in place. */
export function unmask(bytes: Buffer, from: number, to: number, key: number): void {
  if (to - from < WORDS_BYTES_MIN || !IS_LITTLE_ENDIAN) {
    unmaskBytes(bytes, from, to, key);
    return;
  }
  const aligned = from + (-(bytes.byteOffset + from) & 3);
  unmaskBytes(bytes, from, aligned, key);
  const wordKey = turnKey(key, aligned - from);
  const quads = (to - aligned) >> 4;
  unmaskQuads(new Int32Array(bytes.buffer, bytes.byteOffset + aligned, quads * 4), wordKey);
  unmaskBytes(bytes, aligned + quads * 16, to, wordKey);
}

/** Four words a turn: a quarter faster than one. */
function unmaskQuads(words: Int32Array, key: number): void {
  for (let at = 0; at < words.length; at += 4) {
    words[at]! ^= key;
    words[at + 1]! ^= key;
    words[at + 2]! ^= key;
    words[at + 3]! ^= key;
  }
}

function unmaskBytes(bytes: Buffer, from: number, to: number, key: number): void {
  let turned = key;
  for (let at = from; at < to; at += 1) {
    bytes[at]! ^= turned;
    turned = (turned >>> 8) | (turned << 24);
  }
}
