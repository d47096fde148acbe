import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OPCODES, PAYLOAD_BYTES_MAX, renderFrame, ServerFrameReader } from './websocket-frames.ts';

const HELLO = Buffer.from('Hello');
const LONG = Buffer.alloc(300, 'x');

function serverFrame(first: number, payload: Buffer): Buffer {
  const header =
    payload.length < 126 ? [first, payload.length] : [first, 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(header), payload]);
}

function frame(opcode: number, payload: Buffer) {
  return { kind: 'frame', opcode, payload: payload.toString() };
}

function drain(reader: ServerFrameReader): unknown[] {
  const events = [];
  for (let event = reader.next(); event !== undefined; event = reader.next()) {
    events.push(event.kind === 'frame' ? { ...event, payload: event.payload.toString() } : event);
  }
  return events;
}

test('renderFrame() masks as the example of RFC 6455 5.7 does', () => {
  const bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
  assert.deepEqual([...renderFrame(OPCODES.text, HELLO, 0x37fa213d)], bytes);
});

test('renderFrame() takes 16 bits for the length from 126 bytes on', () => {
  assert.deepEqual([...renderFrame(OPCODES.text, Buffer.alloc(126), 0).subarray(0, 4)], [0x81, 0xfe, 0, 126]);
  assert.equal(renderFrame(OPCODES.text, Buffer.alloc(125), 0).length, 131);
  assert.equal(renderFrame(OPCODES.text, Buffer.alloc(126), 0).length, 134);
});

test('renderFrame() takes no payload beyond its limit', () => {
  assert.throws(() => renderFrame(OPCODES.text, Buffer.alloc(PAYLOAD_BYTES_MAX + 1), 0), RangeError);
});

test('ServerFrameReader gives the same frames however they are cut', () => {
  const bytes = Buffer.concat([serverFrame(0x81, HELLO), serverFrame(0x89, Buffer.alloc(0)), serverFrame(0x81, LONG)]);
  const frames = [frame(OPCODES.text, HELLO), frame(OPCODES.ping, Buffer.alloc(0)), frame(OPCODES.text, LONG)];
  for (let size = 1; size <= bytes.length; size += 1) {
    const reader = new ServerFrameReader();
    const shared = Buffer.alloc(size);
    const events: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      // One buffer for all reads, as sockets have it here.
      const count = bytes.copy(shared, 0, at, at + size);
      reader.feed(shared.subarray(0, count));
      events.push(...drain(reader));
    }
    assert.deepEqual(events, frames, `pieces of ${size}`);
  }
});

test('ServerFrameReader refuses what no server should send here, and gives nothing after it', () => {
  const refused: [string, number[]][] = [
    ['a masked frame', [0x81, 0x80]],
    ['a frame of an extension, or a piece of a message', [0xc1, 0x00]],
    ['a frame of an extension, or a piece of a message', [0x01, 0x00]],
    ['a frame of more than 65535 bytes', [0x81, 0x7f]],
  ];
  for (const [fault, bytes] of refused) {
    const reader = new ServerFrameReader();
    reader.feed(Buffer.concat([Buffer.from(bytes), serverFrame(0x81, HELLO)]));
    assert.deepEqual(drain(reader), [{ kind: 'invalid', fault }]);
    reader.feed(serverFrame(0x81, HELLO));
    assert.equal(reader.next(), undefined);
  }
});
