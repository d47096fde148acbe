/**
 * Random streams of frames into the parser of WebSockets. What is valid comes out as it went in; what was mutated never throws,
 * never gives more than the limit, and means the same however it is cut.
 */

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { isCloseCode } from '../../src/protocol/websocket/close-codes.ts';
import { clientClose, clientFrame } from '../../src/protocol/websocket/fake-client-frame.ts';
import type { FrameEvent } from '../../src/protocol/websocket/frame-parser.ts';
import { FrameParser } from '../../src/protocol/websocket/frame-parser.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const VALID_STREAMS = 3_000;
const MUTANTS = 15_000;
const RANDOM_STREAMS = 20_000;
const LIMIT = 3_000;
/** The shortest frame. */
const FRAME_BYTES_MIN = 2;
const CHARACTERS = ['a', 'é', '€', '𝄞', '\0', '\u07ff', '\ud7ff', '\ufffd', '\u{10ffff}'];

type Random = () => number;

interface Stream {
  readonly frames: readonly Buffer[];
  readonly events: readonly FrameEvent[];
}

function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[below(items.length, random)]!;
}

/** Mostly short, now and then around the sizes where the form of a length changes. */
function randomLength(random: Random): number {
  return random() < 0.7 ? below(20, random) : pick([124, 125, 126, 127, 128, 200, 1000, LIMIT], random);
}

function randomBytes(length: number, random: Random): Buffer {
  return Buffer.from(Array.from({ length }, () => below(256, random)));
}

function randomText(length: number, random: Random): Buffer {
  let text = '';
  while (Buffer.byteLength(text) + 4 <= length) {
    text += pick(CHARACTERS, random);
  }
  return Buffer.from(text);
}

function randomKey(random: Random): number[] {
  return [...randomBytes(4, random)];
}

function addControl(frames: Buffer[], events: FrameEvent[], random: Random): void {
  const data = randomBytes(below(126, random), random);
  const isPing = random() < 0.5;
  frames.push(clientFrame({ opcode: isPing ? 9 : 10, payload: data, key: randomKey(random) }));
  events.push({ kind: isPing ? 'ping' : 'pong', data });
}

function addMessage(frames: Buffer[], events: FrameEvent[], random: Random): void {
  const isText = random() < 0.6;
  const isCompressed = random() < 0.3;
  const length = randomLength(random);
  const data = isText && !isCompressed ? randomText(length, random) : randomBytes(length, random);
  const count = random() < 0.5 ? 1 : 1 + below(6, random);
  const cuts = Array.from({ length: count - 1 }, () => below(data.length + 1, random)).sort((a, b) => a - b);
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const to = cuts[index] ?? data.length;
    frames.push(
      clientFrame({
        opcode: index > 0 ? 0 : isText ? 1 : 2,
        payload: data.subarray(from, to),
        isFinal: index === count - 1,
        reserved: index === 0 && isCompressed ? 4 : 0,
        key: randomKey(random),
      }),
    );
    from = to;
    if (index < count - 1 && random() < 0.3) {
      addControl(frames, events, random);
    }
  }
  events.push({ kind: 'message', isText, isCompressed, data });
}

function inventStream(random: Random): Stream {
  const frames: Buffer[] = [];
  const events: FrameEvent[] = [];
  for (let count = below(8, random); count >= 0; count -= 1) {
    (random() < 0.25 ? addControl : addMessage)(frames, events, random);
  }
  if (random() < 0.3) {
    const reason = randomText(below(123, random), random);
    const code = pick([1000, 1001, 3000, 4999], random);
    frames.push(clientClose(code, reason));
    events.push({ kind: 'close', code, reason: reason.toString() });
  }
  return { frames, events };
}

/** Reads through memory that is overwritten after each piece. */
function read(bytes: Buffer, nextLength: () => number): FrameEvent[] {
  const parser = new FrameParser({ messageBytesMax: LIMIT, allowsCompressed: true });
  const shared = Buffer.alloc(Math.max(1, bytes.length));
  const events: FrameEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.copy(shared, 0, at, at + Math.max(1, nextLength()));
    at += length;
    parser.feed(shared.subarray(0, length));
    for (let event = parser.next(); event !== undefined; event = parser.next()) {
      // A fragment is told of when its payload is whole, however it was cut, and says nothing of the message.
      if (event.kind === 'fragment') continue;
      events.push(event);
      assert.ok(events.length <= 1 + bytes.length / FRAME_BYTES_MIN, 'it never ends');
    }
    shared.fill(0xaa, 0, length);
  }
  return events;
}

function readBothWays(bytes: Buffer, random: Random): FrameEvent[] {
  const whole = read(bytes, () => bytes.length);
  const mean = 1 + below(40, random);
  assert.deepEqual(
    read(bytes, () => below(mean * 2, random)),
    whole,
    `cut differently: ${bytes.toString('hex')}`,
  );
  return whole;
}

/** What holds for the events of any bytes. */
function checkEvents(events: readonly FrameEvent[]): void {
  for (const [index, event] of events.entries()) {
    switch (event.kind) {
      case 'message':
        assert.ok(event.data.length <= LIMIT);
        assert.ok(!event.isText || event.isCompressed || isUtf8(event.data));
        break;
      case 'ping':
      case 'pong':
        assert.ok(event.data.length <= 125);
        break;
      case 'close':
        assert.ok(event.code === 1005 || isCloseCode(event.code));
        assert.equal(index, events.length - 1, 'something came after a close');
        break;
      case 'fragment':
      case 'large':
        assert.fail('fragments were left out, and nothing is too large');
        break;
      case 'fault':
        assert.ok([1002, 1007, 1009].includes(event.code));
        assert.equal(index, events.length - 1, 'something came after a fault');
        break;
    }
  }
}

function mutate(frames: readonly Buffer[], random: Random): Buffer {
  const list = [...frames];
  if (random() < 0.3) {
    // A frame that is left out, comes twice, or comes at another place.
    const frame = random() < 0.5 ? pick(list, random) : list.splice(below(list.length, random), 1)[0]!;
    list.splice(below(list.length + 1, random), 0, ...(random() < 0.5 ? [frame] : []));
  }
  let bytes: Buffer = Buffer.concat(list);
  for (let count = below(4, random); count > 0 && bytes.length > 0; count -= 1) {
    const at = below(bytes.length, random);
    const kind = random();
    if (kind < 0.5) {
      bytes[at]! ^= 1 << below(8, random);
    } else if (kind < 0.7) {
      bytes[at] = below(256, random);
    } else if (kind < 0.85) {
      bytes = Buffer.concat([bytes.subarray(0, at), randomBytes(below(12, random), random), bytes.subarray(at)]);
    } else {
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + below(12, random))]);
    }
  }
  return bytes;
}

test('valid streams come out as they went in, however they are cut', () => {
  const random = seededRandom(1);
  for (let index = 0; index < VALID_STREAMS; index += 1) {
    const { frames, events } = inventStream(random);
    assert.deepEqual(readBothWays(Buffer.concat(frames), random), events);
  }
});

test('mutated streams never throw, keep to the limits, and mean the same however they are cut', () => {
  const random = seededRandom(2);
  const ends = new Map<string, number>();
  for (let index = 0; index < MUTANTS; index += 1) {
    const events = readBothWays(mutate(inventStream(random).frames, random), random);
    checkEvents(events);
    const last = events.at(-1);
    const end = last?.kind === 'fault' ? `${last.code} ${last.detail}` : (last?.kind ?? 'nothing');
    ends.set(end, (ends.get(end) ?? 0) + 1);
  }
  assert.ok(ends.size >= 16, `only ${JSON.stringify([...ends])}`);
});

test('random bytes never throw and mean the same however they are cut', () => {
  const random = seededRandom(3);
  for (let index = 0; index < RANDOM_STREAMS; index += 1) {
    const bytes = randomBytes(below(60, random), random);
    // With both bytes of the header mutated the first frame is refused nearly always.
    if (bytes.length > 1) {
      bytes[0] = pick([0x81, 0x01, 0x82, 0x89, 0x88, 0xc1, bytes[0]!], random);
      bytes[1]! |= 0x80;
    }
    checkEvents(readBothWays(bytes, random));
  }
});
