import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from './faults.ts';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine } from './field.ts';
import { ParsedBlock } from './field-block.ts';
import type { FramedMessage } from './framing.ts';
import { bodyFraming, isBodiless, keepsAlive } from './framing.ts';

const REQUEST: FramedMessage = { kind: 'request', method: 'POST', minor: 1 };
const RESPONSE: FramedMessage = { kind: 'response', method: 'GET', minor: 1, status: 200 };

function parse(line: string): FieldLine | Fault {
  const bytes = Buffer.from(line);
  return parseFieldLine(bytes, 0, bytes.length);
}

function frame(message: FramedMessage, ...lines: string[]): unknown {
  const fields = lines.map(parse).filter((field): field is FieldLine => !isFault(field));
  const framing = bodyFraming(message, new ParsedBlock(fields));
  if (isFault(framing)) {
    return framing.code;
  }
  return framing.kind === 'length' ? framing.bytes : framing.kind;
}

test('rules 1 and 2: what never has a body', () => {
  const coded = ['Content-Length: 5', 'Transfer-Encoding: chunked'];
  assert.equal(frame({ ...RESPONSE, method: 'HEAD' }, ...coded), 'none');
  for (const status of [100, 101, 103, 204, 304]) {
    assert.equal(frame({ ...RESPONSE, status }, ...coded), 'none');
  }
  assert.equal(frame({ ...RESPONSE, method: 'CONNECT' }, ...coded), 'none');
  assert.equal(isBodiless('CONNECT', 403), false);
  assert.equal(isBodiless('GET', 205), false);
});

test('rule 3: a length beside a coding is refused', () => {
  for (const message of [REQUEST, RESPONSE]) {
    assert.equal(frame(message, 'Content-Length: 5', 'Transfer-Encoding: chunked'), 'http1.length-with-coding');
  }
});

test('rule 4: chunked once and last, or nothing', () => {
  const cases: Record<string, string> = {
    chunked: 'chunked',
    CHUNKED: 'chunked',
    'gzip, chunked': 'http1.unknown-transfer-coding',
    'foo, bar, chunked': 'http1.unknown-transfer-coding',
    gzip: 'http1.bad-transfer-encoding',
    identity: 'http1.bad-transfer-encoding',
    'identity, chunked': 'http1.bad-transfer-encoding',
    'chunked, gzip': 'http1.bad-transfer-encoding',
    'chunked, chunked': 'http1.bad-transfer-encoding',
    'gzip;q=1, chunked': 'http1.bad-transfer-encoding',
    ', chunked': 'http1.bad-transfer-encoding',
  };
  for (const [value, expected] of Object.entries(cases)) {
    assert.equal(frame(REQUEST, `Transfer-Encoding: ${value}`), expected, value);
    assert.equal(frame(RESPONSE, `Transfer-Encoding: ${value}`), expected, value);
  }
  assert.equal(frame({ ...REQUEST, minor: 0 }, 'Transfer-Encoding: chunked'), 'http1.bad-transfer-encoding');
});

test('rules 5 and 6: one valid length', () => {
  assert.equal(frame(REQUEST, 'Content-Length: 5'), 5);
  assert.equal(frame(RESPONSE, 'Content-Length: 5'), 5);
  assert.equal(frame(REQUEST, 'Content-Length: 0'), 'none');
  assert.equal(frame(REQUEST, 'Content-Length: 5', 'Content-Length: 5'), 'http1.repeated-content-length');
});

test('rules 7 and 8: neither', () => {
  assert.equal(frame(REQUEST), 'none');
  assert.equal(frame(RESPONSE), 'until-close');
});

test('CONNECT has no body', () => {
  const connect: FramedMessage = { kind: 'request', method: 'CONNECT', minor: 1 };
  assert.equal(frame(connect), 'none');
  assert.equal(frame(connect, 'Content-Length: 0'), 'none');
  assert.equal(frame(connect, 'Content-Length: 1'), 'http1.body-not-allowed');
  assert.equal(frame(connect, 'Transfer-Encoding: chunked'), 'http1.body-not-allowed');
});

test('keepsAlive() follows RFC 9112 9.3', () => {
  assert.equal(keepsAlive([], 1), true);
  assert.equal(keepsAlive([], 0), false);
  assert.equal(keepsAlive(['te'], 1), true);
  assert.equal(keepsAlive(['te', 'close'], 1), false);
  assert.equal(keepsAlive(['keep-alive'], 0), true);
  assert.equal(keepsAlive(['keep-alive', 'close'], 0), false);
  assert.equal(keepsAlive(['te'], 0), false);
});

test('where the configuration is one of nginx, a coding that is said once is unknown rather than malformed, and refused all the same', () => {
  const lenient: FramedMessage = { ...REQUEST, isLenient: true };
  for (const value of ['identity', 'chunked, identity', 'chunked, chunked', 'gzip']) {
    assert.equal(frame(lenient, `Transfer-Encoding: ${value}`), 'http1.unknown-transfer-coding', value);
  }
  assert.equal(frame(lenient, 'Transfer-Encoding: chunked'), 'chunked');
  assert.equal(frame(lenient, 'Transfer-Encoding: a', 'Transfer-Encoding: b'), 'http1.bad-transfer-encoding');
  assert.equal(frame({ ...lenient, minor: 0 }, 'Transfer-Encoding: chunked'), 'http1.bad-transfer-encoding');
  assert.equal(frame(lenient, 'Transfer-Encoding: chunked', 'Content-Length: 1'), 'http1.length-with-coding');
});
