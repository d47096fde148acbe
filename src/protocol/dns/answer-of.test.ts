import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { answerOf } from './answer-of.ts';
import type { FakeRecord } from './fake-response.ts';
import { fakeResponse } from './fake-response.ts';
import type { DnsResponse } from './parse-response.ts';
import { parseResponse } from './parse-response.ts';
import type { QuestionType } from './record-types.ts';
import { renderQuestion } from './render-question.ts';

function answer(type: QuestionType, ...records: readonly FakeRecord[]) {
  const question = renderQuestion(1, 'a.example', type)!;
  return answerOf(parseResponse(fakeResponse(question, { records })) as DnsResponse, 'a.example', type);
}

test('the addresses of the name, or of what it stands for, are an answer, with the shortest TTL', () => {
  deepEqual(answer('A', { type: 'A', value: '192.0.2.1', ttl: 9 }, { type: 'A', value: '192.0.2.2', ttl: 7 }), {
    answer: { kind: 'addresses', addresses: ['192.0.2.1', '192.0.2.2'], ttl: 7 },
    strange: [],
  });
  deepEqual(
    answer(
      'AAAA',
      { type: 39, value: '00' },
      { owner: 'b.example', type: 'CNAME', value: 'c.example', ttl: 3 },
      { type: 'CNAME', value: 'b.example', ttl: 5 },
      { owner: 'c.example', type: 'AAAA', value: '::1' },
      { owner: 'c.example', type: 'AAAA', value: '::1' },
      { owner: 'c.example', type: 46, value: '00' },
    ),
    { answer: { kind: 'addresses', addresses: ['::1', '::1'], ttl: 3 }, strange: [46] },
  );
});

test('a name that only stands for another one leads to the last that is told', () => {
  const first = { type: 'CNAME', value: 'b.example', ttl: 5 } as const;
  const second = { owner: 'b.example', type: 'CNAME', value: 'c.example' } as const;
  deepEqual(answer('A', first, second), { answer: { kind: 'alias', name: 'c.example', ttl: 5 }, strange: [] });
  const back = { owner: 'b.example', type: 'CNAME', value: 'a.example' } as const;
  deepEqual(answer('A', first, back), { answer: { kind: 'alias', name: 'b.example', ttl: 5 }, strange: [] });
  equal(answer('A', { type: 'CNAME', value: 'a.example' }), 'no A or CNAME types in DNS response');
});

test('services have their ports and weights', () => {
  deepEqual(
    answer('SRV', { type: 'SRV', value: '1 2 80 b.example' }, { type: 'A', value: '192.0.2.1' }),
    'unexpected A record in DNS response',
  );
  deepEqual(answer('SRV', { type: 'SRV', value: '1 2 80 b.example' }), {
    answer: { kind: 'services', services: [{ name: 'b.example', priority: 1, weight: 2, port: 80 }], ttl: 60 },
    strange: [],
  });
});

test('records of names that were not asked for, and of other kinds, are no answer', () => {
  deepEqual(answer('A'), { answer: { kind: 'none' }, strange: [] });
  equal(answer('A', { owner: 'evil.example', type: 'A', value: '192.0.2.1' }), 'no A or CNAME types in DNS response');
  equal(answer('SRV', { owner: 'b.example', type: 'SRV', value: '1 2 80 b' }), 'no SRV type in DNS response');
  equal(answer('A', { type: 'AAAA', value: '::1' }), 'unexpected AAAA record in DNS response');
  equal(answer('AAAA', { type: 'A', value: '192.0.2.1' }), 'unexpected A record in DNS response');
});
