/** MurmurHash2 of Austin Appleby, 32 bits, seed 0: nginx's `split_clients` divides clients by it, and who moves here keeps the division. Not for keys that an attacker chooses. */

const M = 0x5bd1e995;
const R = 24;

/** `text`: latin-1, a byte in each character. */
export function murmurHash(text: string): number {
  let hash = text.length;
  const tail = text.length & ~3;
  for (let at = 0; at < tail; at += 4) {
    let word = bytesAt(text, at, 4);
    word = Math.imul(word, M);
    word ^= word >>> R;
    hash = Math.imul(hash, M) ^ Math.imul(word, M);
  }
  if (tail < text.length) {
    hash = Math.imul(hash ^ bytesAt(text, tail, text.length - tail), M);
  }
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Little-endian. */
function bytesAt(text: string, at: number, count: number): number {
  let word = 0;
  for (let index = count - 1; index >= 0; index -= 1) {
    word = (word << 8) | (text.charCodeAt(at + index) & 0xff);
  }
  return word;
}
