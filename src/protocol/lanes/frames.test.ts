import { deepEqual, equal } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FrameReader } from './frame-reader.ts';
import { FRAME, readWords, renderFrame, renderWords } from './frames.ts';

interface Frame {
  readonly type: number;
  readonly stream: number;
  readonly payload: string;
}

/** One case of the vectors that both sides of the wire share. */
interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly frames: readonly Frame[];
  readonly fault?: string;
}

const path = new URL('../../../tests/vectors/lanes/frames.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vector[];

function read(bytes: Buffer, size: number): { frames: Frame[]; isFault: boolean } {
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length && reader.fault === undefined; at += size) {
    const piece = bytes.subarray(at, at + size);
    reader.feed(piece, 0, piece.length);
    while (reader.next()) {
      const { type, stream, isContinued } = reader;
      const before = isContinued ? frames.pop() : undefined;
      const payload = (before?.payload ?? '') + reader.buffer.toString('hex', reader.start, reader.end);
      frames.push({ type: before?.type ?? type, stream, payload });
    }
  }
  return { frames, isFault: reader.fault !== undefined };
}

for (const vector of vectors) {
  test(`frames of both sides: ${vector.name}`, () => {
    const bytes = Buffer.from(vector.hex, 'hex');
    for (const size of [Math.max(1, bytes.length), 7, 2, 1]) {
      const found = read(bytes, size);
      deepEqual(found.frames, vector.frames, `${size} bytes at a time`);
      equal(found.isFault, vector.fault !== undefined);
    }
    if (vector.fault === undefined && isWhole(vector)) {
      const rendered = vector.frames.map((frame) =>
        renderFrame(frame.type, frame.stream, Buffer.from(frame.payload, 'hex')),
      );
      equal(Buffer.concat(rendered).toString('hex'), vector.hex, 'written again');
    }
  });
}

/** All of the bytes are whole frames. */
function isWhole(vector: Vector): boolean {
  const bytes = vector.frames.reduce((sum, frame) => sum + 8 + frame.payload.length / 2, 0);
  return bytes === vector.hex.length / 2;
}

test('renderWords() writes little-endian words', () => {
  equal(renderWords(FRAME.recall, 0, [1, 0x01020304]).toString('hex'), '0800000005000000' + '01000000' + '04030201');
});

test('readWords() reads what renderWords() has written', () => {
  const words = [0, 1, 0x01020304, 0xffffffff];
  const frame = renderWords(FRAME.recalled, 0, words);
  deepEqual(readWords(frame, 8, frame.length), words);
});
