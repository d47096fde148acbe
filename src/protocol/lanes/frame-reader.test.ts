import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { FrameReader } from './frame-reader.ts';
import { FRAME, FRAME_LIMITS, renderFrame, renderWords, writeFrameHeader } from './frames.ts';

interface Seen {
  readonly type: number;
  readonly stream: number;
  readonly payload: string;
}

function readAll(bytes: Buffer, size: number): Seen[] {
  const reader = new FrameReader();
  const shared = Buffer.alloc(Math.max(1, size));
  const seen: Seen[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(shared, 0, at, at + size);
    reader.feed(shared, length);
    while (reader.next()) {
      seen.push({
        type: reader.type,
        stream: reader.stream,
        payload: reader.buffer.latin1Slice(reader.start, reader.end),
      });
    }
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
    deepEqual(readAll(bytes, size), expected, `${size} bytes at a time`);
  }
});

test('FrameReader refuses a frame that is longer than any of ours', () => {
  const header = Buffer.alloc(8);
  writeFrameHeader(header, 0, FRAME_LIMITS.payloadBytesMax + 1, FRAME.data, 1);
  const reader = new FrameReader();
  reader.feed(header, 8);
  equal(reader.next(), false);
  match(reader.fault ?? '', /1048577 bytes/);
});
