/**
 * Mutated vectors and random bytes into the parsers of HTTP/1.1. Whatever comes, they do not throw, do not hold more than a head,
 * and make the same of it however it is cut, whatever other connections have put into the memo, and whatever came before.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FieldMemo } from '../../src/protocol/http1/field-memo.ts';
import { HTTP1_LIMITS } from '../../src/protocol/http1/limits.ts';
import type { Trace, Vector } from '../conformance/http1-vectors.ts';
import { inPieces, inRandomPieces, readVectors, trace } from '../conformance/http1-vectors.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 30_000;
const RANDOM_INPUTS = 15_000;
const PAIRS = 10_000;
const VECTOR_BYTES_MAX = 2_000;

const VECTORS = readVectors().filter(({ bytes }) => bytes.length > 0 && bytes.length <= VECTOR_BYTES_MAX);
const REQUESTS = VECTORS.filter(({ methods }) => methods === undefined);
/** Of many connections: it must make no difference. */
const MEMO = new FieldMemo(64);

/** What a parser of HTTP stumbles over. */
const PIECES = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    ';',
    ',',
    '"',
    '\\',
    '#',
    '?',
    '\x7f',
    '\x80',
    '\xa0',
    '\x0b',
    '\r\n\r\n',
  ],
  ...[
    '0',
    '1',
    'f',
    '+',
    '-',
    '0x',
    '_',
    '9007199254740993',
    'ffffffffffffffff',
    '0\r\n\r\n',
    '5\r\nabcde\r\n',
    '\r\n ',
  ],
  ...['Content-Length: 3\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', 'Connection: close\r\n', 'X: y\r\n'],
  ...[
    'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.0',
    'chunked',
    'identity',
    'http://',
    '[::1]',
  ],
  ...['Expect: 100-continue\r\n', 'Upgrade: x\r\n', 'Content-Length: 03\r\n\r\n', 'CONNECT ', 'OPTIONS * '],
];

type Random = () => number;

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}

function mutate(bytes: Buffer, random: Random): Buffer {
  let text = bytes.latin1Slice();
  for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const to = Math.min(text.length, at + Math.floor(random() ** 3 * 40));
    const kind = random();
    if (kind < 0.4) {
      text = text.slice(0, at) + pick(PIECES, random) + text.slice(at);
    } else if (kind < 0.6) {
      text = text.slice(0, at) + text.slice(to);
    } else if (kind < 0.75) {
      text = text.slice(0, to) + text.slice(at, to) + text.slice(to);
    } else if (kind < 0.9) {
      text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    } else {
      text = text.slice(0, at) + pick(VECTORS, random).bytes.latin1Slice();
    }
  }
  return Buffer.from(text, 'latin1');
}

function invent(random: Random): Buffer {
  let text = random() < 0.5 ? 'POST / HTTP/1.1\r\nHost: a\r\n' : '';
  for (let count = Math.floor(random() * 30); count > 0; count -= 1) {
    text += random() < 0.9 ? pick(PIECES, random) : String.fromCharCode(Math.floor(random() * 256));
  }
  return Buffer.from(text, 'latin1');
}

function check(bytes: Buffer, methods: readonly string[] | undefined, random: Random): Trace {
  const whole = trace(inPieces(bytes, Math.max(1, bytes.length)), { methods });
  const cut = trace(inRandomPieces(bytes, random), { methods, memo: MEMO });
  assert.deepEqual(cut.events, whole.events, `cut differently: ${JSON.stringify(bytes.latin1Slice())}`);
  for (const { maxBuffered } of [whole, cut]) {
    assert.ok(maxBuffered <= HTTP1_LIMITS.headBytesMax, `${maxBuffered} bytes held`);
  }
  return whole;
}

test('mutated messages mean the same however they are cut', () => {
  const random = seededRandom(1);
  const outcomes = new Set<string>();
  for (let index = 0; index < MUTANTS; index += 1) {
    const { bytes, methods } = pick(VECTORS, random);
    const { events } = check(mutate(bytes, random), methods, random);
    outcomes.add(/^fault \S+/.exec(events.at(-1) ?? '')?.[0] ?? 'read');
  }
  assert.ok(outcomes.size > 25, `only ${[...outcomes].join(', ')}`);
});

test('random bytes mean the same however they are cut', () => {
  const random = seededRandom(2);
  for (let index = 0; index < RANDOM_INPUTS; index += 1) {
    check(invent(random), index % 4 === 0 ? ['GET', 'HEAD', 'POST'] : undefined, random);
  }
});

test('a long stream of anything is never held', () => {
  const random = seededRandom(3);
  for (const piece of ['a', '\r\n', 'a: b\r\n', ' ', '0', ';', '\xff', 'GET ', ': ', '"']) {
    for (const before of [
      '',
      'GET / HTTP/1.1\r\n',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n',
    ]) {
      for (const extra of ['', '1;', '0\r\n', '0\r\nX: ']) {
        check(Buffer.from(before + extra + piece.repeat(40_000 / piece.length), 'latin1'), undefined, random);
      }
    }
  }
});

test('what came before on a connection does not change what a message means', () => {
  const random = seededRandom(4);
  const complete = REQUESTS.filter(isComplete);
  for (let index = 0; index < PAIRS; index += 1) {
    const first = pick(complete, random).bytes;
    const second = random() < 0.3 ? first : mutate(pick(REQUESTS, random).bytes, random);
    if (second[0] === 0x0d) {
      continue; // Empty lines are counted from the end of the message before.
    }
    const joined = trace([Buffer.concat([first, second])]).events;
    assert.deepEqual(
      joined,
      [...trace([first]).events, ...trace([second]).events],
      JSON.stringify(second.latin1Slice()),
    );
  }
});

/** Read to its end: what follows is the next message. */
function isComplete({ isValid, bytes }: Vector): boolean {
  return isValid && trace([Buffer.concat([bytes, Buffer.from('!')])]).events.at(-1) === 'eof http1.head-cut';
}
