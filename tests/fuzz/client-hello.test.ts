/** First messages of TLS clients in which bytes were changed: they are read or not, the same however they come in pieces, and the two who read them see one client in them. */

import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { ClientHelloReader } from '../../src/protocol/tls/client-hello.ts';
import {
  extension,
  helloMessage,
  helloRecords,
  nameExtension,
  shorts,
  vector,
} from '../../src/protocol/tls/fake-hello.ts';
import { PrereadHello } from '../../src/protocol/tls/preread-hello.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 3_000;

const WHOLE = helloRecords(
  helloMessage([
    ...[extension(10, vector(2, shorts(29, 23))), nameExtension('db.Example.com')],
    ...[extension(16, vector(2, vector(1, 'h2'), vector(1, 'http/1.1'))), extension(35, 'ticket')],
    ...[extension(43, vector(1, shorts(0xfafa, 0x0304, 0x0303))), extension(51, vector(2, shorts(29), vector(2, 'k')))],
  ]),
  60,
);

function readIn<T>(bytes: Buffer, step: number, read: (bytes: Buffer) => T | undefined): T | undefined {
  for (let end = step; ; end += step) {
    const found = read(bytes.subarray(0, end));
    if (found !== undefined || end >= bytes.length) return found;
  }
}

function choose(bytes: Buffer, step: number) {
  const reader = new ClientHelloReader();
  return readIn(bytes, step, (came) => {
    const reading = reader.read(came);
    return reading.kind === 'partial' ? undefined : reading;
  });
}

function preread(bytes: Buffer, step: number) {
  const reader = new PrereadHello();
  return readIn(bytes, step, (came) => reader.read(came));
}

test('whoever chooses a site and whoever passes a connection on see the same client in a message', () => {
  const random = seededRandom(14);
  const below = (limit: number): number => Math.floor(random() * limit);
  const seen = new Set<string>();
  for (let round = 0; round < MUTANTS; round += 1) {
    const bytes = Buffer.from(WHOLE);
    for (let count = 1 + below(4); count > 0; count -= 1) {
      bytes[below(bytes.length)] = below(256);
    }
    const [chosen, passed] = [choose(bytes, bytes.length), preread(bytes, bytes.length)];
    deepEqual(choose(bytes, 1 + below(9)), chosen);
    deepEqual(preread(bytes, 1 + below(9)), passed);
    const isBoth = chosen?.kind === 'hello' && typeof passed === 'object';
    seen.add(isBoth ? 'both' : `${chosen?.kind} ${typeof passed === 'object' ? 'hello' : passed}`);
    if (isBoth) {
      ok(['', passed.serverName.toLowerCase().replace(/\.$/, '')].includes(chosen.hello.serverName));
      deepEqual(chosen.hello.protocols, passed.protocols);
    }
  }
  for (const kind of ['both', 'unreadable none', 'hello none']) {
    equal(seen.has(kind), true, `${kind} is among what came: ${[...seen].join(', ')}`);
  }
});
