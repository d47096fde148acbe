import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProxyHeader } from './read-header.ts';
import { renderProxyHeader } from './render-header.ts';

const end = (address: string, port: string) => ({ address, port });

test('what is written is read as it was', () => {
  for (const version of [1, 2] as const) {
    for (const [a, b] of [
      ['192.0.2.1', '255.255.255.255'],
      ['2001:db8::1', '::'],
    ] as const) {
      const connection = { source: end(a, '0'), destination: end(b, '65535') };
      const bytes = Buffer.from(renderProxyHeader(version, connection), 'latin1');
      const header = { version, ...connection, extensions: '' };
      assert.deepEqual(readProxyHeader(bytes, bytes.length), { kind: 'header', header, length: bytes.length });
    }
  }
});

test('ends that are no addresses, or of two families, are not told', () => {
  for (const [a, b] of [
    ['', ''],
    ['192.0.2.1', '::1'],
    ['192.0.2.1', ''],
    ['x\r\n', '192.0.2.1'],
  ] as const) {
    const connection = { source: end(a, ''), destination: end(b, '') };
    assert.equal(renderProxyHeader(1, connection), 'PROXY UNKNOWN\r\n');
    assert.equal(renderProxyHeader(2, connection), '\r\n\r\n\0\r\nQUIT\n\x20\0\0\0');
  }
});
