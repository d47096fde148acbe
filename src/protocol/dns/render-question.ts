/** Questions (RFC 1035 4.1): one each, and whoever is asked is to find the answer (RD). No EDNS: an answer that is too long for a datagram is asked for again over TCP. */

import { DNS_LIMITS, HEADER_BYTES } from './limits.ts';
import type { QuestionType } from './record-types.ts';
import { INTERNET, QUESTION_TYPES } from './record-types.ts';

const RECURSION_DESIRED = 0x0100;
/** Type and class. */
const TAIL_BYTES = 4;
/** As in names that are read: what could be asked for and never be recognised in an answer is not asked for. */
const LABEL = /^[!#-[\]-~]{1,63}$/;

/** `name` without a dot at its end. Undefined: no name can be so, and nobody has to be asked. */
export function renderQuestion(id: number, name: string, type: QuestionType): Buffer | undefined {
  const labels = name.split('.');
  const bytes = Buffer.alloc(HEADER_BYTES + name.length + 2 + TAIL_BYTES);
  if (name.length + 2 > DNS_LIMITS.nameBytesMax || !labels.every((label) => LABEL.test(label))) {
    return undefined;
  }
  bytes.writeUInt16BE(id, 0);
  bytes.writeUInt16BE(RECURSION_DESIRED, 2);
  bytes.writeUInt16BE(1, 4);
  let at = HEADER_BYTES;
  for (const label of labels) {
    bytes[at] = label.length;
    bytes.latin1Write(label, at + 1);
    at += 1 + label.length;
  }
  bytes.writeUInt16BE(QUESTION_TYPES[type], at + 1);
  bytes.writeUInt16BE(INTERNET, at + 3);
  return bytes;
}
