/** UTF-8 (RFC 3629) that arrives in pieces: a text that cannot become valid any more is refused before its end. */

import { isUtf8 } from 'node:buffer';

/**
 * Where, after the whole characters of `bytes` from `from` to `to`, a character begins that has not ended; `to` if there is
 * none. -1 if what is there is not valid, whatever follows. `from` is the beginning of a character.
 */
export function utf8PrefixEnd(bytes: Buffer, from: number, to: number): number {
  const cut = lastCharacterStart(bytes, from, to);
  const end = cut !== to && isUnfinished(bytes, cut, to) ? cut : to;
  return isUtf8(bytes.subarray(from, end)) ? end : -1;
}

/** Of the last three bytes: a character that has all of its four is none of our business. `to` if none begins there. */
function lastCharacterStart(bytes: Buffer, from: number, to: number): number {
  const first = Math.max(from, to - 3);
  for (let at = to - 1; at >= first; at -= 1) {
    if (bytes[at]! >= 0xc0) {
      return at;
    }
  }
  return to;
}

/** Whether the bytes are a beginning, but not the whole, of a character of the table in RFC 3629 4. */
function isUnfinished(bytes: Buffer, from: number, to: number): boolean {
  const lead = bytes[from]!;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || to - from >= length) {
    return false;
  }
  if (to - from === 1) {
    return true;
  }
  // The second byte excludes overlong forms, surrogates, and what is beyond U+10FFFF. A third is 80 to BF.
  const second = bytes[from + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return second >= lowest && second <= highest && (to - from === 2 || isContinuation(bytes[from + 2]!));
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
