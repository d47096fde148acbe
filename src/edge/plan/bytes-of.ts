/** Text of the model, which is Unicode, as the bytes that stand in its file: latin-1 text, the form in which the edge has paths and fields. */

/** A byte that was no UTF-8 is U+DC00 and the byte. */
const LONE_BYTE = /[\uDC80-\uDCFF]/;
const NOT_ASCII = /[^\0-\x7f]/;

export function bytesOf(text: string): string {
  if (!NOT_ASCII.test(text)) {
    return text;
  }
  if (!LONE_BYTE.test(text)) {
    return Buffer.from(text, 'utf8').toString('latin1');
  }
  // A pair of surrogates is one character here, so a half that belongs to a pair is not taken for a byte.
  return Array.from(text, (character) => bytesOfCharacter(character)).join('');
}

function bytesOfCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff
    ? String.fromCharCode(code - 0xdc00)
    : Buffer.from(character, 'utf8').toString('latin1');
}
