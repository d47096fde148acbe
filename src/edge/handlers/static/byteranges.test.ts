import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderByteranges, renderContentRange } from './byteranges.ts';

test('renderContentRange() names first, last and size', () => {
  assert.equal(renderContentRange({ offset: 10, length: 5 }, 100), 'bytes 10-14/100');
});

test('renderByteranges() puts each range under its own head', () => {
  const file = Buffer.from('0123456789');
  const ranges = [
    { offset: 0, length: 2 },
    { offset: 8, length: 2 },
  ];
  const parts = renderByteranges(ranges, { size: file.length, contentType: 'text/plain; charset=utf-8' }, 'B');
  assert.equal(parts.contentType, 'multipart/byteranges; boundary=B');
  const pieces = ranges.flatMap(({ offset, length }, index) => [
    parts.heads[index] ?? '',
    file.subarray(offset, offset + length),
  ]);
  const body = [...pieces, parts.tail].map(String).join('');
  assert.equal(
    body,
    '--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 0-1/10\r\n\r\n01' +
      '\r\n--B\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Range: bytes 8-9/10\r\n\r\n89' +
      '\r\n--B--\r\n',
  );
  assert.equal(parts.length, body.length);
});
