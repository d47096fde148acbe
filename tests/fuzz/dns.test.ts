/** Responses of name servers, mutated and at random: whatever comes is read or refused without an error, in time and within the limits, and what is read is nothing that a log or a name could not hold. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAddress, parseAddress } from '../../src/kernel/addresses/parse-address.ts';
import { answerOf } from '../../src/protocol/dns/answer-of.ts';
import { fakeResponse } from '../../src/protocol/dns/fake-response.ts';
import { DNS_LIMITS } from '../../src/protocol/dns/limits.ts';
import { parseResponse } from '../../src/protocol/dns/parse-response.ts';
import type { QuestionType } from '../../src/protocol/dns/record-types.ts';
import { renderQuestion } from '../../src/protocol/dns/render-question.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 20_000;
const NAME = 'app.example.com';
const TYPES: readonly QuestionType[] = ['A', 'AAAA', 'SRV'];
const SEEDS = TYPES.map((type) =>
  fakeResponse(renderQuestion(0x1234, NAME, type)!, {
    records: [
      { type: 'CNAME', value: 'b.example.com' },
      {
        owner: 'b.example.com',
        type,
        value: { A: '192.0.2.1', AAAA: '2001:db8::1', SRV: '1 2 80 c.example.com' }[type],
      },
      { type: 39, value: '00' },
    ],
  }),
);

test('a response is read or refused, and never more of it than there is', () => {
  const random = seededRandom(53);
  const kinds = new Set<string>();
  for (let index = 0; index < MUTANTS; index += 1) {
    const seed = Math.floor(random() * SEEDS.length);
    const bytes = mutated(SEEDS[seed]!, random);
    const response = parseResponse(bytes);
    if (response.kind === 'invalid') {
      kinds.add(response.text.replace(/\d.*/, ''));
      continue;
    }
    for (const record of response.records) {
      assert.match(record.owner, /^[!-~]*$/);
      assert.ok(record.owner.length <= DNS_LIMITS.nameBytesMax);
      assert.ok(record.ttl >= 0);
      assert.ok(record.kind !== 'address' || parseAddress(record.address, newAddress()));
    }
    const answered = answerOf(response, NAME, TYPES[seed]!);
    kinds.add(typeof answered === 'string' ? answered : answered.answer.kind);
  }
  assert.ok(kinds.size > 15, [...kinds].join('\n'));
});

test('bytes at random are refused', () => {
  const random = seededRandom(54);
  for (let index = 0; index < MUTANTS; index += 1) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 100) }, () => Math.floor(random() * 256)));
    parseResponse(bytes);
  }
});

test('the longest message of the shortest records, and of the longest chains of pointers, is read in time', () => {
  const head = Buffer.alloc(DNS_LIMITS.messageBytesMax);
  const question = renderQuestion(1, 'a', 'A')!;
  fakeResponse(question, {}).copy(head);
  head.writeUInt16BE(0xffff, 6);
  // Each pointer leads to the one before it, so that the last name has as many steps as there are pointers.
  let at = question.length;
  for (let previous = 12; at + 12 <= Math.min(head.length, 0x3fff); previous = at, at += 12) {
    head.writeUInt16BE(0xc000 | previous, at);
    head.writeUInt16BE(99, at + 2);
    head.writeUInt16BE(1, at + 4);
  }
  assert.equal(parseResponse(head).kind, 'invalid');
  const records = Array.from({ length: 4_000 }, (_, index) => ({
    type: 'A' as const,
    value: `10.0.${index >> 8}.${index & 0xff}`,
  }));
  const many = parseResponse(fakeResponse(question, { records }));
  assert.equal(many.kind === 'response' && many.records.length, 4_000);
});

function mutated(seed: Buffer, random: () => number): Buffer {
  const bytes = Buffer.from(seed);
  for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * bytes.length);
    bytes[at] = random() < 0.3 ? 0xc0 : Math.floor(random() * 256);
  }
  const end = random() < 0.2 ? Math.floor(random() * bytes.length) : bytes.length;
  return random() < 0.1 ? Buffer.concat([bytes, bytes]) : bytes.subarray(0, end);
}
