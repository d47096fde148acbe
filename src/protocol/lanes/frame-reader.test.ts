import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from './frame-reader.ts';
import { FRAME, FRAME_HEADER_BYTES, FRAME_LIMITS, renderFrame, renderWords, writeFrameHeader } from './frames.ts';

interface Seen {
  readonly type: number;
  readonly stream: number;
  readonly payload: string;
}

/** Reads with so much room before the bytes. Pieces of one frame are put together; what lies before a payload is overwritten, as its receiver may do. */
function readAll(bytes: Buffer, size: number, room = 0): Seen[] {
  const reader = new FrameReader();
  const shared = Buffer.alloc(room + Math.max(1, size));
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(shared, room, at, at + size);
    reader.feed(shared, room, room + length);
    while (reader.next()) {
      const { type, stream, buffer, start, end } = reader;
      const payload = buffer.latin1Slice(start, end);
      buffer.fill('!', 0, start);
      const last = reader.isContinued ? seen.pop() : undefined;
      if (last === undefined) {
        seen.push({ type, stream, payload });
      } else {
        deepEqual([type, stream], [FRAME.data, last.stream]);
        seen.push({ ...last, payload: last.payload + payload });
      }
    }
    shared.fill('?');
  }
  return seen;
}

test('FrameReader finds the same frames however the bytes are cut, from memory that is reused', () => {
  const bytes = Buffer.concat([
    renderFrame(FRAME.drain, 0),
    renderFrame(FRAME.data, FRAME_LIMITS.streamMax, Buffer.from('some bytes')),
    renderWords(FRAME.recalled, 0, [1, 0xffffff]),
    renderFrame(FRAME.end, 7),
  ]);
  const expected = [
    { type: FRAME.drain, stream: 0, payload: '' },
    { type: FRAME.data, stream: 0xffffff, payload: 'some bytes' },
    { type: FRAME.recalled, stream: 0, payload: '\x01\0\0\0\xff\xff\xff\0' },
    { type: FRAME.end, stream: 7, payload: '' },
  ];
  for (const size of [bytes.length, 13, 8, 7, 3, 2, 1]) {
    for (const room of [0, 9, 100]) {
      deepEqual(readAll(bytes, size, room), expected, `${size} bytes at a time, room for ${room}`);
    }
  }
});

const HEAD_OF_FOUR = Buffer.from('\x04\0\0\0head');
const MUCH = Buffer.alloc(200_000, 'body');

test('FrameReader gives the bytes of a body as they come, and everything else whole', () => {
  const frames: [type: number, stream: number, payload: Buffer][] = [
    [FRAME.response, 5, Buffer.concat([HEAD_OF_FOUR, MUCH])],
    [FRAME.data, 5, MUCH],
    [FRAME.responseWhole, 6, Buffer.concat([HEAD_OF_FOUR, MUCH])],
    [FRAME.workerWsText, 7, MUCH],
    [FRAME.end, 5, Buffer.alloc(0)],
  ];
  const bytes = Buffer.concat(frames.map(([type, stream, payload]) => renderFrame(type, stream, payload)));
  const expected = frames.map(([type, stream, payload]) => ({ type, stream, payload: payload.latin1Slice() }));
  for (const size of [bytes.length, 262_144, 65_536, 9000, 8191]) {
    for (const room of [0, 65_536, 300_000]) {
      deepEqual(readAll(bytes, size, room), expected, `${size} bytes at a time, room for ${room}`);
    }
  }
});

test('FrameReader passes on a part of a body, but no part of a head', () => {
  const bytes = renderFrame(FRAME.response, 5, Buffer.concat([HEAD_OF_FOUR, Buffer.from('abc')]));
  const reader = new FrameReader();
  const seen: [length: number, type: number, isContinued: boolean, payload: string][] = [];
  for (const [index, byte] of bytes.entries()) {
    reader.feed(Buffer.of(byte), 0, 1);
    while (reader.next()) {
      seen.push([index + 1, reader.type, reader.isContinued, reader.buffer.latin1Slice(reader.start, reader.end)]);
    }
  }
  deepEqual(seen, [
    [17, FRAME.response, false, '\x04\0\0\0heada'],
    [18, FRAME.data, true, 'b'],
    [19, FRAME.data, true, 'c'],
  ]);
});

test('FrameReader takes a body that lacks its end for one that has none yet, and a frame of no bytes for whole', () => {
  const reader = new FrameReader();
  const bytes = renderFrame(FRAME.data, 1, Buffer.from('body'));
  reader.feed(bytes, 0, FRAME_HEADER_BYTES);
  equal(reader.next(), false);
  reader.feed(renderFrame(FRAME.data, 1), 0, 0);
  equal(reader.next(), false);
  reader.feed(bytes, FRAME_HEADER_BYTES, bytes.length);
  equal(reader.next(), true);
  deepEqual([reader.isContinued, reader.end - reader.start], [false, 4]);
  reader.feed(renderFrame(FRAME.data, 1), 0, FRAME_HEADER_BYTES);
  equal(reader.next(), true);
  deepEqual([reader.isContinued, reader.end - reader.start], [false, 0]);
});

test('FrameReader refuses a frame that is longer than any of ours', () => {
  const header = Buffer.alloc(8);
  writeFrameHeader(header, 0, FRAME_LIMITS.payloadBytesMax + 1, FRAME.data, 1);
  const reader = new FrameReader();
  reader.feed(header, 0, 8);
  equal(reader.next(), false);
  match(reader.fault ?? '', /1048577 bytes/);
});
