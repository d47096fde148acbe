/**
 * Messages of name servers (RFC 1035 4.1). Only the answers in them are read: what stands behind these (authorities, additional records) decides nothing, and every record of a kind that is not known would be
 * one more way to fail. What is read has to be right in every byte.
 */

import type { Address } from '../../kernel/addresses/parse-address.ts';
import { renderAddress } from '../../kernel/addresses/render-address.ts';
import { HEADER_BYTES } from './limits.ts';
import { readName } from './read-name.ts';
import { CNAME, INTERNET, QUESTION_TYPES } from './record-types.ts';

export interface DnsResponse {
  readonly kind: 'response';
  readonly id: number;
  /** RCODE: 0 is well, 3 is "no such name". */
  readonly code: number;
  /** There is more than the datagram holds: nothing of it is read. */
  readonly isTruncated: boolean;
  /** Undefined where a code of failure stands and the server repeats no question. */
  readonly question: ReadQuestion | undefined;
  readonly records: readonly DnsRecord[];
}

export interface ReadQuestion {
  readonly name: string;
  readonly type: number;
}

export type DnsRecord = {
  readonly owner: string;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
} & RecordValue;

type RecordValue =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'alias'; readonly name: string }
  | { readonly kind: 'service'; readonly service: DnsService }
  | { readonly kind: 'other' };

/** RFC 2782. */
export interface DnsService {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** `text` as nginx's log has it. */
export interface InvalidResponse {
  readonly kind: 'invalid';
  readonly text: string;
}

const IS_RESPONSE = 0x8000;
/** A response to a standard query: the bit of responses, four of the kind of query, one that has to be 0. */
const KIND_MASK = 0xf840;
const TRUNCATED = 0x0200;
const CODE_MASK = 0x000f;
/** Type, class, TTL and length, behind the name of a record. */
const RECORD_BYTES = 10;
const SERVICE_BYTES = 6;
const SHORT = 'short DNS response';

export function parseResponse(message: Buffer): DnsResponse | InvalidResponse {
  if (message.length < HEADER_BYTES) {
    return invalid(SHORT);
  }
  const id = message.readUInt16BE(0);
  const flags = message.readUInt16BE(2);
  if ((flags & KIND_MASK) !== IS_RESPONSE) {
    return invalid(`invalid DNS response ${id} fl:${flags.toString(16).toUpperCase().padStart(4, '0')}`);
  }
  const code = flags & CODE_MASK;
  const isTruncated = (flags & TRUNCATED) !== 0;
  const questions = message.readUInt16BE(4);
  const head = { kind: 'response', id, code, isTruncated, records: [] } as const;
  if (questions === 0 && code !== 0) {
    return { ...head, question: undefined };
  }
  const question = questions === 1 ? readQuestion(message) : 'invalid number of questions in DNS response';
  if (typeof question === 'string') {
    return invalid(question);
  }
  if (code !== 0 || isTruncated) {
    return { ...head, question };
  }
  const records = readRecords(message, question.end, message.readUInt16BE(6));
  return typeof records === 'string' ? invalid(records) : { ...head, question, records };
}

function invalid(text: string): InvalidResponse {
  return { kind: 'invalid', text };
}

function readQuestion(message: Buffer): (ReadQuestion & { readonly end: number }) | string {
  const read = readName(message, HEADER_BYTES);
  if (typeof read === 'string') {
    return read;
  }
  const { name, end } = read;
  if (end + 4 > message.length) {
    return SHORT;
  }
  const class_ = message.readUInt16BE(end + 2);
  if (class_ !== INTERNET) {
    return `unknown query class ${class_} in DNS response`;
  }
  return { name, type: message.readUInt16BE(end), end: end + 4 };
}

function readRecords(message: Buffer, from: number, count: number): readonly DnsRecord[] | string {
  const records: DnsRecord[] = [];
  let at = from;
  for (let index = 0; index < count; index += 1) {
    const owner = readName(message, at);
    if (typeof owner === 'string') {
      return owner;
    }
    const start = owner.end + RECORD_BYTES;
    if (start > message.length) {
      return SHORT;
    }
    const type = message.readUInt16BE(owner.end);
    const class_ = message.readUInt16BE(owner.end + 2);
    const end = start + message.readUInt16BE(owner.end + 8);
    if (class_ !== INTERNET) {
      return `unexpected RR class ${class_} in DNS response`;
    }
    if (end > message.length) {
      return SHORT;
    }
    const value = readValue(message, type, start, end);
    if (typeof value === 'string') {
      return value;
    }
    records.push({ owner: owner.name, type, ttl: readTtl(message, owner.end + 4), ...value });
    at = end;
  }
  return records;
}

/** RFC 2181 8: one with the highest bit set counts as 0. */
function readTtl(message: Buffer, at: number): number {
  const ttl = message.readInt32BE(at);
  return ttl < 0 ? 0 : ttl;
}

function readValue(message: Buffer, type: number, start: number, end: number): RecordValue | string {
  switch (type) {
    case QUESTION_TYPES.A:
      return end - start === 4 ? addressAt(message, 4, start) : 'invalid A record in DNS response';
    case QUESTION_TYPES.AAAA:
      return end - start === 16 ? addressAt(message, 6, start) : 'invalid AAAA record in DNS response';
    case CNAME: {
      const name = readName(message, start);
      if (typeof name === 'string') {
        return name;
      }
      return name.end === end ? { kind: 'alias', name: name.name } : 'invalid CNAME record in DNS response';
    }
    case QUESTION_TYPES.SRV:
      return readService(message, start, end);
    default:
      return { kind: 'other' };
  }
}

function addressAt(message: Buffer, family: Address['family'], at: number): RecordValue {
  const words = new Uint32Array(4);
  for (let index = 0; index < (family === 4 ? 1 : 4); index += 1) {
    words[index] = message.readUInt32BE(at + 4 * index);
  }
  return { kind: 'address', address: renderAddress({ family, words }) };
}

function readService(message: Buffer, start: number, end: number): RecordValue | string {
  const name = end - start > SERVICE_BYTES ? readName(message, start + SERVICE_BYTES) : SHORT;
  if (typeof name === 'string') {
    return name;
  }
  if (name.end !== end) {
    return 'invalid SRV record in DNS response';
  }
  const service = {
    name: name.name,
    priority: message.readUInt16BE(start),
    weight: message.readUInt16BE(start + 2),
    port: message.readUInt16BE(start + 4),
  };
  return { kind: 'service', service };
}
