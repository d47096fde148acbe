/**
 * Names in messages (RFC 1035 4.1.4): labels, the rest of which may be a pointer to where they stand already. A pointer has to lead backwards, to before all that was read of the name, as every
 * server writes them: so no name is a loop, and reading one ends after as many steps as it has bytes.
 */

import { DNS_LIMITS } from './limits.ts';

export interface ReadName {
  /** In small letters, without a dot at its end; '' is the root. */
  readonly name: string;
  /** Behind it, where it was begun. */
  readonly end: number;
}

const POINTER = 0xc0;
/** A dot within a label would be read as two labels, a backslash as an escape; a quote, or anything that is not printed, has no business in the name of a host, nor in a log. */
const LABEL = /^[!#-[\]-~]+$/;

/** A text says what is wrong, as nginx's log has it. */
export function readName(message: Buffer, from: number): ReadName | string {
  let labels = '';
  let bytes = 1;
  let at = from;
  let end = -1;
  let lowest = from;
  for (;;) {
    const length = message[at];
    if (length === undefined) {
      return 'name is out of DNS response';
    }
    if (length === 0) {
      return { name: labels.slice(1), end: end === -1 ? at + 1 : end };
    }
    if ((length & POINTER) === POINTER) {
      const low = message[at + 1];
      if (low === undefined) {
        return 'name is out of DNS response';
      }
      end = end === -1 ? at + 2 : end;
      at = ((length & ~POINTER) << 8) | low;
      if (at >= lowest) {
        return 'compression pointers loop in DNS response';
      }
      lowest = at;
      continue;
    }
    bytes += 1 + length;
    const label = message.latin1Slice(at + 1, Math.min(message.length, at + 1 + length));
    const fault = faultOf(length, label, bytes);
    if (fault !== undefined) {
      return fault;
    }
    labels += `.${label.toLowerCase()}`;
    at += 1 + length;
  }
}

function faultOf(length: number, label: string, nameBytes: number): string | undefined {
  if (length > DNS_LIMITS.labelBytesMax) {
    return 'invalid label type in DNS response';
  }
  if (label.length < length) {
    return 'name is out of DNS response';
  }
  if (nameBytes > DNS_LIMITS.nameBytesMax) {
    return 'too long name in DNS response';
  }
  return label.includes('.') || !LABEL.test(label) ? 'invalid name in DNS response' : undefined;
}
