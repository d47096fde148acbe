/** Headers of the PROXY protocol, mutated and at random: whatever comes, it is read without an error, the same from the moment on that it is decided, and never beyond its limits. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAddress, parseAddress } from '../../src/kernel/addresses/parse-address.ts';
import { parseExtensionName, readExtension } from '../../src/protocol/proxy-protocol/extensions.ts';
import { PROXY_PROTOCOL_LIMITS } from '../../src/protocol/proxy-protocol/header.ts';
import { readProxyHeader } from '../../src/protocol/proxy-protocol/read-header.ts';
import { renderProxyHeader } from '../../src/protocol/proxy-protocol/render-header.ts';
import { seededRandom } from '../conformance/seeded-random.ts';

const MUTANTS = 6_000;

const ENDS = [
  { address: '192.0.2.1', port: '1' },
  { address: '2001:db8::1', port: '443' },
  { address: '', port: '' },
];
const SEEDS = [1, 2].flatMap((version) =>
  ENDS.map((end) => renderProxyHeader(version as 1 | 2, { source: end, destination: end })),
);
const PIECES = [
  '\r\n',
  ' ',
  'PROXY ',
  'TCP4',
  'UNKNOWN',
  '::',
  '.',
  '\xff\xff',
  '\x20\0\x09\x01\0\0\0\x01\x22\0\x01x',
  '\0\0\0',
];
const NAMES = ['alpn', 'ssl', 'ssl_cn', 'ssl_verify', '0x00', '0xff'].flatMap((name) => parseExtensionName(name) ?? []);

test('a header is read or refused, and never read in two ways', () => {
  const random = seededRandom(21);
  const kinds = new Set<string>();
  for (let index = 0; index < MUTANTS; index += 1) {
    let text = SEEDS[Math.floor(random() * SEEDS.length)]!;
    for (let count = Math.floor(random() * 3); count > 0; count -= 1) {
      const at = Math.floor(random() * (text.length + 1));
      const piece =
        random() < 0.5 ? PIECES[Math.floor(random() * PIECES.length)]! : String.fromCharCode(random() * 256);
      text = text.slice(0, at) + piece + text.slice(random() < 0.5 ? at : at + piece.length);
    }
    const bytes = Buffer.from(`${text}GET / HTTP/1.1\r\n${random() < 0.2 ? 'x'.repeat(5000) : ''}`, 'latin1');
    const whole = readProxyHeader(bytes, bytes.length);
    kinds.add(whole.kind === 'invalid' ? whole.reason.replace(/\d+/, '') : whole.kind);
    for (let length = 1; length < bytes.length; length += 1 + Math.floor(random() * 200)) {
      const part = readProxyHeader(bytes, length);
      assert.ok(part.kind === 'incomplete' || JSON.stringify(part) === JSON.stringify(whole), JSON.stringify(text));
    }
    if (whole.kind === 'header') {
      assert.ok(whole.length <= PROXY_PROTOCOL_LIMITS.headerBytesMax);
      const { source, extensions } = whole.header;
      assert.ok(source === undefined || parseAddress(source.address, newAddress()), JSON.stringify(text));
      for (const name of NAMES) {
        assert.ok((readExtension(extensions, name) ?? '').length <= Math.max(10, extensions.length));
      }
    }
    assert.ok(whole.kind !== 'incomplete' || bytes.length < PROXY_PROTOCOL_LIMITS.headerBytesMax, JSON.stringify(text));
  }
  assert.ok(kinds.size >= 5, [...kinds].join(', '));
});
