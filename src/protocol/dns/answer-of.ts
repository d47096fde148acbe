/** What a response says of the name that was asked for. Records of other names in it are not believed: nobody has asked for them. */

import type { DnsRecord, DnsResponse, DnsService } from './parse-response.ts';
import type { QuestionType } from './record-types.ts';
import { DNAME, QUESTION_TYPES } from './record-types.ts';

export type DnsAnswer =
  | { readonly kind: 'addresses'; readonly addresses: readonly string[]; readonly ttl: number }
  | { readonly kind: 'services'; readonly services: readonly DnsService[]; readonly ttl: number }
  /** It stands for this name, of which the server says nothing. */
  | { readonly kind: 'alias'; readonly name: string; readonly ttl: number }
  /** The name has no such record. */
  | { readonly kind: 'none' };

export interface Answered {
  readonly answer: DnsAnswer;
  /** Kinds of records that stand where only what was asked for, and what leads there, may stand. */
  readonly strange: readonly number[];
}

/** A text says what is wrong, as nginx's log has it. `name` in small letters. */
export function answerOf(response: DnsResponse, name: string, type: QuestionType): Answered | string {
  const { records } = response;
  if (records.length === 0) {
    return { answer: { kind: 'none' }, strange: [] };
  }
  const other = records.find((record) => record.kind === 'address' && record.type !== QUESTION_TYPES[type]);
  if (other !== undefined) {
    return `unexpected ${other.type === QUESTION_TYPES.A ? 'A' : 'AAAA'} record in DNS response`;
  }
  const strange = records.filter((record) => isStrange(record, type)).map((record) => record.type);
  const names = namesFrom(name, records);
  const own = records.filter(({ owner }) => names.has(owner));
  const ttl = records.reduce((least, record) => Math.min(least, record.ttl), Number.POSITIVE_INFINITY);
  if (type === 'SRV') {
    const services = own.flatMap((record) => (record.kind === 'service' ? [record.service] : []));
    if (services.length > 0) {
      return { answer: { kind: 'services', services, ttl }, strange };
    }
  } else {
    const addresses = own.flatMap((record) => (record.kind === 'address' ? [record.address] : []));
    if (addresses.length > 0) {
      return { answer: { kind: 'addresses', addresses, ttl }, strange };
    }
  }
  const last = [...names].at(-1) ?? name;
  if (last === name) {
    return type === 'SRV' ? 'no SRV type in DNS response' : 'no A or CNAME types in DNS response';
  }
  return { answer: { kind: 'alias', name: last, ttl }, strange };
}

function isStrange({ kind, type: number }: DnsRecord, type: QuestionType): boolean {
  return (kind === 'other' && number !== DNAME) || (kind === 'service' && type !== 'SRV');
}

/** The name, and those that it stands for one after the other: each once, so that a ring of them ends. */
function namesFrom(name: string, records: readonly DnsRecord[]): ReadonlySet<string> {
  const aliases = new Map<string, string>();
  for (const record of records) {
    if (record.kind === 'alias' && !aliases.has(record.owner)) {
      aliases.set(record.owner, record.name);
    }
  }
  const names = new Set([name]);
  for (let next = aliases.get(name); next !== undefined && !names.has(next); next = aliases.get(next)) {
    names.add(next);
  }
  return names;
}
