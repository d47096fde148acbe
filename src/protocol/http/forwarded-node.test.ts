import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseForwardedNode } from './forwarded-node.ts';

test('parseForwardedNode() reads addresses with and without a port', () => {
  deepEqual(parseForwardedNode('192.0.2.43'), { address: '192.0.2.43', port: '' });
  deepEqual(parseForwardedNode('192.0.2.43:47011'), { address: '192.0.2.43', port: '47011' });
  deepEqual(parseForwardedNode('[2001:db8:cafe::17]'), { address: '2001:db8:cafe::17', port: '' });
  deepEqual(parseForwardedNode('[::ffff:192.0.2.1]:1'), { address: '::ffff:192.0.2.1', port: '1' });
});

test('parseForwardedNode() has no address for what hides one, and no port for a hidden port', () => {
  for (const text of ['unknown', 'Unknown', '_hidden', '_SEVKISEK', '_a.b-c_d', 'unknown:_x', '_hidden:_x'])
    deepEqual(parseForwardedNode(text), { address: '', port: '' }, text);
  deepEqual(parseForwardedNode('192.0.2.43:_gazonk'), { address: '192.0.2.43', port: '' });
  deepEqual(parseForwardedNode('unknown:80'), { address: '', port: '80' });
});

test('parseForwardedNode() refuses everything else', () => {
  for (const text of [
    ...['', '_', 'evil', 'unknown2', '2001:db8::1', '[2001:db8::1', '[fe80::1%eth0]', '[]', '[::1]x', '192.0.2.1:'],
    ...[
      '192.0.2.1:65536',
      '192.0.2.1:123456',
      '192.0.2.1:+1',
      '192.0.2.1:_',
      ' 192.0.2.1',
      '192.0.2.1\n',
      '_a b',
      '"_a"',
    ],
  ])
    equal(parseForwardedNode(text), undefined, JSON.stringify(text));
});
