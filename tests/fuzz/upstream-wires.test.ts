/**
 * Answers of servers behind us, mutated and at random, into the readers of uwsgi, SCGI, FastCGI and memcached. Whatever comes, they do not throw, hold no more than a head, tell nothing
 * behind the end, and make the same of it however it is cut. What is written in these protocols is read as it was.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FASTCGI, recordHeader } from '../../src/protocol/fastcgi/records.ts';
import { fastcgiPadding, renderFastcgiRequest } from '../../src/protocol/fastcgi/render-request.ts';
import { MEMCACHED_LIMITS } from '../../src/protocol/memcached/parse-reply.ts';
import { parseUwsgiPacket } from '../../src/protocol/uwsgi/parse-packet.ts';
import { renderUwsgiPacket } from '../../src/protocol/uwsgi/render-packet.ts';
import { GET, readResponse } from '../../src/upstream/wires/fake-sink.ts';
import { FastcgiWire } from '../../src/upstream/wires/fastcgi-wire.ts';
import { MemcachedWire } from '../../src/upstream/wires/memcached-wire.ts';
import { ScgiWire } from '../../src/upstream/wires/scgi-wire.ts';
import { UwsgiWire } from '../../src/upstream/wires/uwsgi-wire.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 8_000;
const PACKETS = 2_000;
const HEAD_BYTES_MAX = 256;

type Random = () => number;

const HEADS = [
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello',
  'Status: 404 Not Found\nX: y\n\nnot here',
  'Location: /x\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x01',
  'Content-Length: 0\n\nmore',
];

function record(type: number, content: string): string {
  return recordHeader(type, content.length) + content + fastcgiPadding(content.length);
}

const END = record(FASTCGI.endRequest, '\0'.repeat(8));
const RECORDS = HEADS.flatMap((head) => [
  record(FASTCGI.stdout, head) + record(FASTCGI.stdout, '') + END,
  record(FASTCGI.stderr, 'oh no\n') +
    record(FASTCGI.stdout, head.slice(0, 9)) +
    record(FASTCGI.stdout, head.slice(9)) +
    END,
]);
const VALUES = ['VALUE / 2 5\r\nhello\r\nEND\r\n', 'END\r\n', 'VALUE / 0 0\r\n\r\nEND\r\n', 'SERVER_ERROR\r\n'];

const PIECES = [
  ...['\r\n', '\n', '\r', '\0', ' ', ':', '\x7f', '\xff', '\n\n', 'HTTP/', 'Status: 100\n', 'Content-Length: 3\n'],
  ...[recordHeader(FASTCGI.stdout, 3), recordHeader(FASTCGI.stderr, 9), recordHeader(FASTCGI.endRequest, 8), END],
  ...['VALUE / ', 'END\r\n', '4294967296', '-1'],
];

const WIRES = [
  { seeds: HEADS, wire: new UwsgiWire({ modifier1: 0, modifier2: 0, tail: '', headBytesMax: HEAD_BYTES_MAX }) },
  { seeds: HEADS, wire: new ScgiWire(HEAD_BYTES_MAX) },
  { seeds: RECORDS, wire: new FastcgiWire({ keepsConnection: true, faults: ['no'], headBytesMax: HEAD_BYTES_MAX }) },
  { seeds: RECORDS, wire: new FastcgiWire({ keepsConnection: false, faults: [], headBytesMax: HEAD_BYTES_MAX }) },
  { seeds: VALUES, wire: new MemcachedWire(2) },
];

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)]!;
}

function mutate(seed: string, random: Random): string {
  let text = seed;
  for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
    const at = Math.floor(random() * (text.length + 1));
    const to = Math.min(text.length, at + Math.floor(random() ** 3 * 20));
    const kind = random();
    if (kind < 0.4) {
      text = text.slice(0, at) + pick(PIECES, random) + text.slice(at);
    } else if (kind < 0.6) {
      text = text.slice(0, at) + text.slice(to);
    } else if (kind < 0.75) {
      text = text.slice(0, to) + text.slice(at, to) + text.slice(to);
    } else {
      text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    }
  }
  return random() < 0.02 ? text + 'x'.repeat(3000) : text;
}

/**
 * Bytes behind a body are told of only if they came with it, and error output as it came; neither is part of the response. Of a tunnel, what follows it does not go through the reader.
 */
function essence(lines: readonly string[]): readonly string[] {
  return lines
    .filter((line) => !/^(warn|error): /.test(line))
    .map((line) => (line.startsWith('tunnel') ? line.slice(0, line.indexOf(']')) : line));
}

test('mutated answers mean the same however they are cut', () => {
  const random = seededRandom(11);
  const outcomes = new Set<string>();
  for (let index = 0; index < MUTANTS; index += 1) {
    const { seeds, wire } = WIRES[index % WIRES.length]!;
    const bytes = Buffer.from(mutate(pick(seeds, random), random), 'latin1');
    const request = { ...GET, method: random() < 0.2 ? 'HEAD' : 'GET', upgrade: random() < 0.5 ? 'x' : undefined };
    const whole = readResponse(wire, bytes, () => bytes.length, request);
    const cut = readResponse(wire, bytes, () => 1 + Math.floor(random() ** 2 * 12), request);
    const shown = JSON.stringify(bytes.latin1Slice());
    assert.deepEqual(essence(cut.lines), essence(whole.lines), shown);
    for (const { lines, heldMax } of [whole, cut]) {
      assert.ok(heldMax <= Math.max(HEAD_BYTES_MAX, MEMCACHED_LIMITS.lineBytesMax), shown);
      assert.doesNotMatch(lines.join('\n'), /after the end|nobody may send/, shown);
      assert.match(lines.at(-1) ?? '', /^(end$|tunnel|header|body: |closed)/, shown);
    }
    outcomes.add(/^[a-z]+(: [a-z ]*)?/i.exec(whole.lines.at(-1) ?? '')?.[0] ?? '');
  }
  assert.ok(outcomes.size > 12, [...outcomes].join(', '));
});

function invent(random: Random): { readonly name: string; readonly value: string }[] {
  const text = (max: number): string =>
    Array.from({ length: Math.floor(random() ** 3 * max) }, () => String.fromCharCode(Math.floor(random() * 256))).join(
      '',
    );
  return Array.from({ length: Math.floor(random() * 8) }, () => ({ name: `N${text(200)}`, value: text(400) }));
}

test('a packet of uwsgi is read as it was written, and random bytes are read to their end or refused', () => {
  const random = seededRandom(12);
  for (let index = 0; index < PACKETS; index += 1) {
    const variables = invent(random);
    const packet = renderUwsgiPacket(variables, { modifier1: index & 255, modifier2: 3, tail: '' });
    assert.ok(Buffer.isBuffer(packet));
    const bytes = Buffer.concat([packet, Buffer.from('body')]);
    const { length } = packet;
    const read = { kind: 'packet', modifier1: index & 255, modifier2: 3, variables, length };
    assert.deepEqual(parseUwsgiPacket(bytes, 0, bytes.length), read);
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    const mutant = parseUwsgiPacket(bytes, 0, bytes.length);
    assert.ok(mutant.kind !== 'packet' || mutant.length <= bytes.length);
  }
});

test('parameters of FastCGI are found again in the records', () => {
  const random = seededRandom(13);
  for (let index = 0; index < PACKETS / 4; index += 1) {
    const parameters = [...invent(random), { name: 'LONG', value: 'v'.repeat(index % 50 === 0 ? 140_000 : 0) }];
    const bytes = renderFastcgiRequest(parameters, { keepsConnection: false, hasBody: false });
    assert.deepEqual(readParameters(bytes), parameters);
  }
});

/** As the specification says it, with no regard for anything but PARAMS. */
function readParameters(bytes: Buffer): { readonly name: string; readonly value: string }[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16BE(at + 4);
    if (bytes[at + 1] === FASTCGI.params) {
      pieces.push(bytes.subarray(at + 8, at + 8 + length));
    }
    at += 8 + length + bytes[at + 6]!;
    assert.equal(at % 8, 0);
  }
  const stream = Buffer.concat(pieces);
  const parameters: { name: string; value: string }[] = [];
  let at = 0;
  const length = (): number => {
    const short = stream[at]!;
    at += short < 128 ? 1 : 4;
    return short < 128 ? short : stream.readUInt32BE(at - 4) & 0x7fff_ffff;
  };
  while (at < stream.length) {
    const [nameLength, valueLength] = [length(), length()];
    const name = stream.latin1Slice(at, at + nameLength);
    const value = stream.latin1Slice(at + nameLength, at + nameLength + valueLength);
    at += nameLength + valueLength;
    parameters.push({ name, value });
  }
  return parameters;
}
