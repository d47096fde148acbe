import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodyWriter } from '../../pipeline/filters/body-writer.ts';
import { RangeWriter } from './range-writer.ts';

function through(offset: number, length: number, pieces: readonly string[]): string[] {
  const heard: string[] = [];
  const next: BodyWriter = {
    write: (bytes) => {
      heard.push(bytes.toString());
      return false;
    },
    flush: () => heard.push('flush'),
    end: () => heard.push('end'),
    cut: () => heard.push('cut'),
    drop: () => heard.push('drop'),
    drained: () => undefined,
  };
  const writer = new RangeWriter({ offset, length }, next, { drained: () => heard.push('drained') });
  for (const piece of pieces) {
    if (!writer.write(Buffer.from(piece))) {
      writer.drained();
    }
  }
  writer.flush();
  writer.end();
  return heard;
}

test('one range goes by, however the body is cut into pieces', () => {
  deepEqual(through(2, 3, ['0123456789']), ['234', 'drained', 'flush', 'end']);
  deepEqual(through(2, 3, ['0', '1', '23', '45', '6']), ['23', 'drained', '4', 'drained', 'flush', 'end']);
  deepEqual(through(0, 1, ['0', '1']), ['0', 'drained', 'flush', 'end']);
});

test('a body that breaks off breaks off', () => {
  const heard: string[] = [];
  const next = { cut: () => heard.push('cut'), drop: () => heard.push('drop') } as unknown as BodyWriter;
  const writer = new RangeWriter({ offset: 0, length: 1 }, next, { drained: () => undefined });
  writer.cut();
  writer.drop();
  deepEqual(heard, ['cut', 'drop']);
});
