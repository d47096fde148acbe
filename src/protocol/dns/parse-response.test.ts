import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { FakeResponse } from './fake-response.ts';
import { fakeResponse, nameBytes, readFakeQuestion } from './fake-response.ts';
import type { DnsResponse } from './parse-response.ts';
import { parseResponse } from './parse-response.ts';
import { renderQuestion } from './render-question.ts';

const QUESTION = renderQuestion(0x1234, 'app.example.com', 'A')!;

function faultOf(message: Buffer): string {
  const response = parseResponse(message);
  return response.kind === 'invalid' ? response.text : response.kind;
}

function parse(response: FakeResponse): DnsResponse {
  const parsed = parseResponse(fakeResponse(QUESTION, response));
  if (parsed.kind !== 'response') {
    throw new Error(parsed.text);
  }
  return parsed;
}

function changed(message: Buffer, change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(message);
  change(bytes);
  return bytes;
}

test('records are read with their owners and TTLs', () => {
  deepEqual(
    parse({
      records: [
        { type: 'CNAME', value: 'www.example.net', ttl: 5 },
        { owner: 'WWW.example.net', type: 'A', value: '192.0.2.1' },
        { owner: 'www.example.net', type: 'AAAA', value: '2001:db8::a:1', ttl: 0xffff_ffff },
        { type: 'SRV', value: '1 2 8080 a.example.net' },
        { owner: '', type: 46, value: 'ff' },
      ],
    }),
    {
      kind: 'response',
      id: 0x1234,
      code: 0,
      isTruncated: false,
      question: { name: 'app.example.com', type: 1, end: 33 },
      records: [
        { owner: 'app.example.com', type: 5, ttl: 5, kind: 'alias', name: 'www.example.net' },
        { owner: 'www.example.net', type: 1, ttl: 60, kind: 'address', address: '192.0.2.1' },
        { owner: 'www.example.net', type: 28, ttl: 0, kind: 'address', address: '2001:db8::a:1' },
        {
          ...{ owner: 'app.example.com', type: 33, ttl: 60, kind: 'service' },
          service: { name: 'a.example.net', priority: 1, weight: 2, port: 8080 },
        },
        { owner: '', type: 46, ttl: 60, kind: 'other' },
      ],
    },
  );
});

test('of a failure, or of what goes on over TCP, no record is read', () => {
  const records = [{ type: 'A', value: '192.0.2.1' }] as const;
  deepEqual([parse({ code: 3, records }).code, parse({ code: 3, records }).records.length], [3, 0]);
  const truncated = parse({ flags: 0x8380, records });
  deepEqual([truncated.isTruncated, truncated.records.length], [true, 0]);
  const bare = changed(fakeResponse(QUESTION, { code: 1 }), (bytes) => bytes.writeUInt16BE(0, 4)).subarray(0, 12);
  const parsed = parseResponse(bare);
  deepEqual(parsed.kind === 'response' && [parsed.code, parsed.question], [1, undefined]);
});

test('what is cut off anywhere is short, and what follows the answers is not looked at', () => {
  const whole = fakeResponse(QUESTION, {
    records: [
      { type: 'A', value: '192.0.2.1' },
      { type: 'SRV', value: '1 2 8080 a.example.net' },
    ],
  });
  for (let length = 0; length < whole.length; length += 1) {
    equal(parseResponse(whole.subarray(0, length)).kind, 'invalid', String(length));
  }
  equal(parseResponse(Buffer.concat([whole, Buffer.from('anything')])).kind, 'response');
});

test('what is wrong is told in the words of nginx', () => {
  const record = (type: number, value: string) => fakeResponse(QUESTION, { records: [{ type, value }] });
  const cases: readonly (readonly [Buffer, string])[] = [
    [QUESTION, 'invalid DNS response 4660 fl:0100'],
    [fakeResponse(QUESTION, { flags: 0x8980 }), 'invalid DNS response 4660 fl:8980'],
    [changed(fakeResponse(QUESTION, {}), (bytes) => bytes.writeUInt16BE(2, 4)), QUESTIONS],
    [changed(fakeResponse(QUESTION, {}), (bytes) => bytes.writeUInt16BE(0, 4)), QUESTIONS],
    [
      changed(fakeResponse(QUESTION, {}), (bytes) => bytes.writeUInt16BE(3, 31)),
      'unknown query class 3 in DNS response',
    ],
    [changed(record(1, 'c0000201'), (bytes) => bytes.writeUInt16BE(3, 37)), 'unexpected RR class 3 in DNS response'],
    [record(1, 'c00002'), 'invalid A record in DNS response'],
    [record(1, ''), 'invalid A record in DNS response'],
    [record(28, 'c0000201'), 'invalid AAAA record in DNS response'],
    [record(5, '00ff'), 'invalid CNAME record in DNS response'],
    [record(5, '0161'), 'name is out of DNS response'],
    [record(33, '000000000000'), 'short DNS response'],
    [record(33, '00000000000000ff'), 'invalid SRV record in DNS response'],
  ];
  for (const [message, fault] of cases) {
    equal(faultOf(message), fault);
  }
});

const QUESTIONS = 'invalid number of questions in DNS response';

test('the question of a fake name server is the one that was asked', () => {
  deepEqual(readFakeQuestion(QUESTION), { name: 'app.example.com', type: 1 });
  deepEqual(nameBytes(''), Buffer.from([0]));
});
