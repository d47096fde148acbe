/** CRC-32 of ISO-HDLC, as zlib has it, of text in which each character is a byte: a hash that nginx balances by. It can be gone on with. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc;
});

/** The same of the four bytes of a word, the lowest first. */
export function crc32OfWord(word: number, before: number): number {
  let crc = ~before;
  for (let shift = 0; shift < 32; shift += 8) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ (word >>> shift)) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}

/** `before`: the CRC of what stands before the text. */
export function crc32(text: string, before = 0): number {
  let crc = ~before;
  for (let index = 0; index < text.length; index += 1) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ text.charCodeAt(index)) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}
