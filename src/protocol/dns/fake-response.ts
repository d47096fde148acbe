/** Responses of a name server, for tests. */

import { HEADER_BYTES } from './limits.ts';
import type { QuestionType } from './record-types.ts';
import { CNAME, INTERNET, QUESTION_TYPES } from './record-types.ts';

/** Undefined as the owner: the name that was asked for, by a pointer to it. */
export interface FakeRecord {
  readonly owner?: string;
  readonly type: QuestionType | 'CNAME' | number;
  readonly ttl?: number;
  /** An address, a name, `priority weight port name`, or bytes in hexadecimal for any other. */
  readonly value: string;
}

export interface FakeResponse {
  readonly code?: number;
  readonly flags?: number;
  readonly records?: readonly FakeRecord[];
}

const POINTER_TO_QUESTION = Buffer.from([0xc0, HEADER_BYTES]);

/** To a question as `renderQuestion` has it. */
export function fakeResponse(question: Buffer, { code = 0, flags = 0x8180, records = [] }: FakeResponse): Buffer {
  const head = Buffer.from(question);
  head.writeUInt16BE(flags | code, 2);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, ...records.map(recordBytes)]);
}

export function nameBytes(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    Buffer.from([0]),
  ]);
}

/** The name and the type of a question. */
export function readFakeQuestion(question: Buffer): { readonly name: string; readonly type: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.latin1Slice(at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), type: question.readUInt16BE(at + 1) };
}

function recordBytes({ owner, type, ttl = 60, value }: FakeRecord): Buffer {
  const fields = Buffer.alloc(10);
  const data = valueBytes(type, value);
  fields.writeUInt16BE(type === 'CNAME' ? CNAME : typeof type === 'number' ? type : QUESTION_TYPES[type], 0);
  fields.writeUInt16BE(INTERNET, 2);
  fields.writeUInt32BE(ttl, 4);
  fields.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner === undefined ? POINTER_TO_QUESTION : nameBytes(owner), fields, data]);
}

function valueBytes(type: FakeRecord['type'], value: string): Buffer {
  if (type === 'A') {
    return Buffer.from(value.split('.').map(Number));
  }
  if (type === 'CNAME') {
    return nameBytes(value);
  }
  if (type === 'AAAA') {
    return ipv6Bytes(value);
  }
  if (type === 'SRV') {
    const [priority = '', weight = '', port = '', name = ''] = value.split(' ');
    const numbers = Buffer.alloc(6);
    for (const [index, text] of [priority, weight, port].entries()) {
      numbers.writeUInt16BE(Number(text), 2 * index);
    }
    return Buffer.concat([numbers, nameBytes(name)]);
  }
  return Buffer.from(value, 'hex');
}

/** With `::` or without. */
function ipv6Bytes(text: string): Buffer {
  const [before = '', after] = text.split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const [first, last] = [groups(before), groups(after ?? '')];
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return Buffer.from([...first, ...zeros, ...last].map((group) => group.padStart(4, '0')).join(''), 'hex');
}
