/**
 * Packets of variables at random and mutated, as requests. Whatever comes, nothing is thrown, and what becomes a request is one head of HTTP: its reader finds the body right behind it, of the
 * length that was said, and nothing that a variable holds has become a line of its own.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePath } from '../../src/protocol/http/path.ts';
import { FieldMemo } from '../../src/protocol/http1/field-memo.ts';
import { RequestParser } from '../../src/protocol/http1/request-parser.ts';
import { parseUwsgiPacket } from '../../src/protocol/uwsgi/parse-packet.ts';
import { readUwsgiRequest } from '../../src/protocol/uwsgi/read-request.ts';
import { renderUwsgiPacket } from '../../src/protocol/uwsgi/render-packet.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const REQUESTS = 20_000;
const MUTANTS = 20_000;

const NAMES = [
  ...['REQUEST_METHOD', 'REQUEST_URI', 'PATH_INFO', 'QUERY_STRING', 'SCRIPT_NAME', 'CONTENT_TYPE', 'CONTENT_LENGTH'],
  ...['HTTP_HOST', 'HTTP_X_A', 'HTTP_CONTENT_LENGTH', 'HTTP_TRANSFER_ENCODING', 'HTTP_CONNECTION', 'HTTP_', 'HTTP_A:B'],
  ...['REMOTE_ADDR', 'HTTPS', 'UWSGI_SCHEME', 'OTHER', 'HTTP_EXPECT', 'HTTP_UPGRADE', 'HTTP_X\r\nY'],
];
const VALUES = [
  ...['', 'GET', 'POST', '/', '/a', '/a%2fb', '/a/b', '/a?q=1', 'q=1', '/../a', '/a/.', '//a', '*', '/%zz', '/\xe9 #?'],
  ...[
    '3',
    '0',
    '-1',
    '0x3',
    '99999999999999999',
    'chunked',
    'a.test',
    'close',
    'on',
    'https',
    '127.0.0.1',
    ' x ',
    '\t',
  ],
  ...['a\r\nb: c', 'a\nb', '\0', '\x7f', '/a HTTP/1.1\r\nX: y\r\n\r\nGET /b', 'é'.replace('é', '\xe9')],
];

type Random = () => number;

function pick<T>(random: Random, from: readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  assert.ok(one !== undefined);
  return one;
}

function randomPacket(random: Random): Buffer {
  const usual = [
    { name: 'REQUEST_METHOD', value: pick(random, ['GET', 'POST']) },
    { name: 'REQUEST_URI', value: pick(random, ['/a?q=1', '/a%2fb', '/']) },
  ];
  const more = Array.from({ length: Math.floor(random() * 6) }, () => ({
    name: pick(random, NAMES),
    value: pick(random, VALUES),
  }));
  const said = random() < 0.8 ? [...usual, ...more] : more;
  const packet = renderUwsgiPacket(said, { modifier1: 0, modifier2: 0, tail: '' });
  assert.ok(Buffer.isBuffer(packet));
  return packet;
}

function saidOf(variables: readonly { name: string; value: string }[], name: string): string {
  return variables.find((each) => each.name === name)?.value ?? '';
}

function checkPacket(bytes: Buffer): boolean {
  const packet = parseUwsgiPacket(bytes, 0, bytes.length);
  if (packet.kind !== 'packet') {
    return false;
  }
  const { variables } = packet;
  const request = readUwsgiRequest(variables, false);
  if (request.kind === 'invalid') {
    assert.ok(request.fault.status === 400 || request.fault.status === 411 || request.fault.status === 431);
    return false;
  }
  const parser = new RequestParser({ memo: new FieldMemo() });
  const sent = Buffer.from(request.head, 'latin1');
  parser.feed(sent, sent.length);
  const event = parser.next();
  assert.ok(event !== undefined, 'the head is whole');
  if (event.kind === 'fault') {
    return false;
  }
  assert.ok(event.kind === 'head');
  assert.equal(parser.bufferedBytes, 0, 'nothing is behind the head');
  assert.equal(event.keepAlive, false);
  assert.equal(event.expectContinue, false);
  assert.equal(event.upgrade, undefined);
  assert.equal(event.method, saidOf(variables, 'REQUEST_METHOD'));
  const length = Number(saidOf(variables, 'CONTENT_LENGTH'));
  assert.deepEqual(event.framing, length > 0 ? { kind: 'length', bytes: length } : { kind: 'none' });
  const pathInfo = saidOf(variables, 'PATH_INFO');
  const path = decodePath(event.path);
  assert.ok(pathInfo === '' || path === undefined || path === pathInfo, 'PATH_INFO is what is asked for');
  const passed = request.front.variables.split('\0').slice(1);
  assert.ok(passed.length <= 2 * variables.length, 'no variable is two');
  assert.ok(
    !passed.some((text, index) => index % 2 === 0 && /^(wsgi|portico)\./.test(text)),
    'keys of the server are its own',
  );
  const fields = variables.filter(({ name }) => name.startsWith('HTTP_') || name.startsWith('CONTENT_'));
  assert.ok(event.block.fields.length <= fields.length, 'no variable is two fields');
  return true;
}

test('what becomes a request is one, and its variables stay what they were', () => {
  const random = seededRandom(7);
  let count = 0;
  for (let index = 0; index < REQUESTS; index += 1) {
    count += Number(checkPacket(randomPacket(random)));
  }
  assert.ok(count > REQUESTS / 20, `${count} of ${REQUESTS} became requests`);
});

test('a packet with bytes changed is refused or read, and nothing is thrown', () => {
  const random = seededRandom(11);
  for (let index = 0; index < MUTANTS; index += 1) {
    const bytes = randomPacket(random);
    for (let times = 0; times <= random() * 4; times += 1) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    }
    checkPacket(bytes.subarray(0, Math.ceil(random() * bytes.length * 1.3)));
  }
});
