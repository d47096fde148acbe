import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { parseFieldLine } from './field.ts';
import { ParsedBlock } from './field-block.ts';
import { composeRequestHead } from './request-head.ts';
import { parseRequestLine } from './request-line.ts';
import type { Fault, RequestHead } from './types.ts';

function parse(line: string): FieldLine | Fault {
  const bytes = Buffer.from(line);
  return parseFieldLine(bytes, 0, bytes.length);
}

function compose(line: string, lines: readonly string[], isLenient = false): RequestHead | Fault {
  const parsed = parseRequestLine(line, 32);
  assert.ok(!isFault(parsed));
  const fields = lines.map(parse).filter((field): field is FieldLine => !isFault(field));
  return composeRequestHead(parsed, new ParsedBlock(fields), isLenient);
}

function headOf(line: string, ...lines: string[]): RequestHead {
  const head = compose(line, lines);
  assert.ok(!isFault(head), 'refused');
  return head;
}

function code(line: string, ...lines: string[]): string | undefined {
  const head = compose(line, lines);
  return isFault(head) ? head.code : undefined;
}

const GET = 'GET / HTTP/1.1';

test('the authority that rules is that of the target, else Host', () => {
  assert.equal(headOf(GET, 'Host: a').host, 'a');
  assert.equal(headOf('GET http://b/ HTTP/1.1', 'Host: a').host, 'b');
  assert.equal(headOf('GET / HTTP/1.0').host, '');
});

test('Host is there once, and not empty where it is needed', () => {
  assert.equal(code(GET), 'http1.missing-host');
  assert.equal(code(GET, 'Host:'), 'http1.bad-host');
  assert.equal(code(GET, 'Host: a', 'Host: a'), 'http1.repeated-field');
  assert.equal(code('OPTIONS * HTTP/1.1', 'Host:'), undefined);
  assert.equal(code('GET / HTTP/1.0', 'Host:'), undefined);
});

test('fields that decide who may do what come once', () => {
  for (const name of ['Content-Type', 'Authorization', 'Proxy-Authorization']) {
    assert.equal(code(GET, 'Host: a', `${name}: x`, `${name}: x`), 'http1.repeated-field', name);
  }
  assert.equal(code(GET, 'Host: a', 'Accept: x', 'Accept: y'), undefined);
});

test('what nginx refuses when it comes twice is refused where its files describe the server, and an expectation is ignored', () => {
  const conditions = ['If-Modified-Since', 'If-Unmodified-Since', 'If-Match', 'If-None-Match', 'If-Range'];
  for (const name of [...conditions, 'Content-Range', 'Expect']) {
    const twice = ['Host: a', `${name}: 100-continue`, `${name}: 100-continue`];
    assert.equal(code(GET, ...twice), undefined, name);
    const refused = compose(GET, twice, true);
    assert.equal(isFault(refused) && refused.code, 'http1.repeated-field', name);
  }
  assert.equal(isFault(compose(GET, ['Host: a', 'If-Match: x', 'If-Range: x', 'Expect: tea'], true)), false);
});

test('a fault of framing is one of the head', () => {
  assert.equal(code(GET, 'Host: a', 'Content-Length: 1', 'Transfer-Encoding: chunked'), 'http1.length-with-coding');
});

test('an expectation is met, ignored or refused', () => {
  assert.equal(headOf(GET, 'Host: a', 'Content-Length: 1', 'Expect: 100-Continue').expectContinue, true);
  assert.equal(headOf(GET, 'Host: a', 'Expect: 100-continue').expectContinue, false);
  assert.equal(headOf('GET / HTTP/1.0', 'Content-Length: 1', 'Expect: 100-continue').expectContinue, false);
  assert.equal(code(GET, 'Host: a', 'Expect: tea'), 'http1.unknown-expectation');
  assert.equal(code('GET / HTTP/1.0', 'Expect: tea'), undefined);
});

test('an upgrade is offered when Connection names it', () => {
  assert.equal(headOf(GET, 'Host: a', 'Connection: Upgrade', 'Upgrade: websocket').upgrade, 'websocket');
  assert.equal(headOf(GET, 'Host: a', 'Upgrade: websocket').upgrade, undefined);
  assert.equal(headOf('GET / HTTP/1.0', 'Connection: Upgrade', 'Upgrade: websocket').upgrade, undefined);
});
