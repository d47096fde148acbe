/** Bytes as text from which the bytes can be had again: what is not UTF-8 (a path in latin-1, a table of another charset) is kept. */

/** A byte that is no part of a character is U+DC00 + the byte: a lone surrogate, which valid UTF-8 never decodes to. Python does the same. */
const ESCAPE = 0xdc00;

const { isUtf8 } = process.getBuiltinModule('node:buffer');

export function decodeUtf8(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    return bytes.toString('utf8');
  }
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      text += bytes.toString('utf8', from, at) + String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
      from = at + 1;
    }
    at += Math.max(1, length);
  }
  return text + bytes.toString('utf8', from);
}

/** The bytes that were decoded. */
export function encodeUtf8(text: string): Buffer {
  const pieces = text.split(/([\udc80-\udcff]+)/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 0
        ? Buffer.from(piece)
        : Buffer.from(Array.from(piece, (escaped) => escaped.charCodeAt(0) - ESCAPE)),
    ),
  );
}

/** Of the character at `at`, 1 to 4; 0 if there is none. RFC 3629 section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
function characterLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) {
    return 1;
  }
  const length =
    lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  const end = at + length;
  return length > 0 && end <= bytes.length && isUtf8(bytes.subarray(at, end)) ? length : 0;
}
