/**
 * Mutated DEFLATE into the decompressor of WebSockets. Whatever comes, it answers, keeps to the limit and does not throw. It says the same in this thread as in
 * the thread pool, but for a message that was cut, which the thread pool cannot see.
 */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import type { Inflated } from '../../src/edge/transport/websocket/message-deflate.ts';
import { MessageDeflate } from '../../src/edge/transport/websocket/message-deflate.ts';
import { ZlibContexts } from '../../src/edge/transport/websocket/zlib-contexts.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 4_000;
const COMPARED = 1_000;
const LIMIT = 100_000;
const PARAMETERS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

type Random = () => number;

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** Text or noise, of a few bytes or of more than the limit, compressed in one of the ways zlib has. */
function invent(random: Random): Buffer {
  const length = random() < 0.9 ? below(2_000, random) : below(LIMIT * 1.2, random);
  const letters = random() < 0.8 ? 8 : 256;
  const plain = Buffer.from(Array.from({ length }, () => below(letters, random)));
  const level = below(10, random);
  const packed = deflateRawSync(plain, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return random() < 0.8 ? packed : Buffer.concat([deflateRawSync(plain, { level }), Buffer.of(0)]);
}

function mutate(packed: Buffer, random: Random): Buffer {
  let bytes = packed;
  for (let count = below(4, random); count > 0 && bytes.length > 0; count -= 1) {
    const at = below(bytes.length, random);
    const kind = random();
    if (kind < 0.6) {
      bytes[at]! ^= 1 << below(8, random);
    } else if (kind < 0.8) {
      bytes = bytes.subarray(0, at);
    } else {
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(below(at + 1, random))]);
    }
  }
  return bytes;
}

function open(contexts: ZlibContexts): MessageDeflate {
  return new MessageDeflate(PARAMETERS, { contexts, messageBytesMax: LIMIT });
}

function inflate(deflate: MessageDeflate, bytes: Buffer): Promise<Inflated> {
  return new Promise((resolve) => deflate.inflate(bytes, (goOn) => goOn(), resolve));
}

test('mutated messages are answered, and keep to the limit', async () => {
  const random = seededRandom(1);
  const contexts = new ZlibContexts();
  const counts = { message: 0, bad: 0, 'too-big': 0 };
  let deflate = open(contexts);
  for (let index = 0; index < MUTANTS; index += 1) {
    const result = await inflate(deflate, mutate(invent(random), random));
    counts[typeof result === 'string' ? result : 'message'] += 1;
    if (typeof result === 'string') {
      deflate.close();
      deflate = open(contexts);
    } else {
      assert.ok(result.length <= LIMIT);
    }
  }
  assert.ok(Math.min(...Object.values(counts)) > 20, JSON.stringify(counts));
});

test('this thread and the thread pool say the same', async () => {
  const random = seededRandom(2);
  const here = new ZlibContexts();
  const pool = new ZlibContexts({ canRunSync: false });
  for (let index = 0; index < COMPARED; index += 1) {
    const bytes = mutate(invent(random), random);
    const [first, second] = [open(here), open(pool)];
    const [one, other] = [await inflate(first, bytes), await inflate(second, bytes)];
    if (typeof one === 'string' && typeof other === 'string') {
      // Which of two faults comes first depends on the size of a piece.
      assert.ok(one === other || bytes.length > 100);
    } else if (typeof one === 'string') {
      assert.equal(one, 'bad', 'only what was cut is seen by one of them');
    } else {
      assert.ok(typeof other !== 'string' && one.equals(other), bytes.toString('hex'));
    }
    first.close();
    second.close();
  }
});
