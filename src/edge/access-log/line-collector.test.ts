import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { LineCollector } from './line-collector.ts';

class FakeWriter {
  readonly written: string[] = [];
  readonly did: string[] = [];
  isBehind = false;
  write(text: string): void {
    if (text !== '') this.written.push(text);
  }
  close(): void {
    this.did.push('close');
  }
  reopen(): void {
    this.did.push('reopen');
  }
}

const NEVER = Number.POSITIVE_INFINITY;

test('lines of one turn of the event loop leave together', async () => {
  const writer = new FakeWriter();
  const lines = new LineCollector(writer, { bytesMax: 0, delayMs: 0, gzipLevel: 0 });
  lines.write('a\n');
  lines.write('b\n');
  deepEqual(writer.written, []);
  await setImmediate();
  deepEqual(writer.written, ['a\nb\n']);
  lines.write('c\n');
  await setImmediate();
  deepEqual(writer.written, ['a\nb\n', 'c\n']);
});

test('a buffer is written when the next line does not fit, or the file is opened again or closed', async () => {
  const writer = new FakeWriter();
  const lines = new LineCollector(writer, { bytesMax: 8, delayMs: NEVER, gzipLevel: 0 });
  lines.write('123\n');
  lines.write('456\n');
  await setImmediate();
  deepEqual(writer.written, [], 'the buffer is full, and holds what it has');
  lines.write('7\n');
  deepEqual(writer.written, ['123\n456\n']);
  lines.reopen();
  lines.write('8\n');
  lines.close();
  deepEqual(
    [writer.written, writer.did],
    [
      ['123\n456\n', '7\n', '8\n'],
      ['reopen', 'close'],
    ],
  );
});

test('however large a buffer is asked for, what waits is bounded', () => {
  const writer = new FakeWriter();
  const lines = new LineCollector(writer, { bytesMax: 1e12, delayMs: NEVER, gzipLevel: 0 });
  const line = `${'x'.repeat(65_535)}\n`;
  for (let count = 0; count < 40; count += 1) lines.write(line);
  equal(writer.written.length, 2);
  equal(Math.max(...writer.written.map(({ length }) => length)), 1_048_576);
});

test('what leaves together is a member of a gzip file', () => {
  const writer = new FakeWriter();
  const lines = new LineCollector(writer, { bytesMax: 0, delayMs: NEVER, gzipLevel: 9 });
  lines.write('a\xe9\n');
  lines.flush();
  lines.write('b\n');
  lines.close();
  equal(writer.written.length, 2);
  equal(gunzipSync(Buffer.from(writer.written.join(''), 'latin1')).latin1Slice(), 'a\xe9\nb\n');
});
