import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAuthority, isAuthorityWithPort } from './authority.ts';

const VALID = [
  ...[
    'a',
    'example.org',
    'EXAMPLE.org.',
    '127.0.0.1',
    'a_b',
    'a%2fb',
    "!$&'()*+;=",
    'xn--nxasmq6b',
    'a:',
    'a:0',
    'a:65535',
  ],
  ...[
    '[::]',
    '[::1]',
    '[1::]',
    '[1:2:3:4:5:6:7:8]',
    '[1:2:3:4:5:6:7::]',
    '[::2:3:4:5:6:7:8]',
    '[ABCD::ef01]',
    '[::1]:80',
  ],
  ...['[::ffff:1.2.3.4]', '[1:2:3:4:5:6:255.255.255.255]', '[1::1.2.3.4]', '[v1.a]', '[vF.a:b]:1'],
];

const INVALID = [
  ...[
    '',
    ':',
    ':80',
    'a:b',
    'a:80:',
    'a:65536',
    'a:123456',
    'a b',
    'a/',
    'a?',
    'a#',
    'u@a',
    'u:p@a',
    'a,b',
    'a%',
    'a%2',
    'a%gg',
  ],
  ...[
    '\xe4',
    'a\0',
    '"a"',
    '<a>',
    '{a}',
    'a|b',
    'a\\b',
    'a^b',
    'a`b',
    '[',
    ']',
    '[]',
    '[]:80',
    '[a]',
    '[1.2.3.4]',
    'a[::1]',
  ],
  ...['[1:2:3:4:5:6:7]', '[1:2:3:4:5:6:7:8:9]', '[1:2:3:4:5:6:7:8::]', '[::1::]', '[:::]', '[:1]', '[1:]', '[12345::]'],
  ...['[g::]', '[::1.2.3]', '[::1.2.3.256]', '[::01.2.3.4]', '[::1.2.3.4:5]', '[1.2.3.4::]', '[1:2:3:4:5:6:7:1.2.3.4]'],
  ...['[fe80::1%25eth0]', '[v.a]', '[v1.]', '[::1]80', '[::1]:x', '::1', 'a'.repeat(400)],
];

test('isAuthority() accepts a host of RFC 3986 with an optional port', () => {
  for (const text of VALID) {
    assert.equal(isAuthority(text), true, text);
  }
});

test('isAuthority() refuses what is anything else', () => {
  for (const text of INVALID) {
    assert.equal(isAuthority(text), false, text);
  }
});

test('isAuthorityWithPort() wants the port', () => {
  assert.deepEqual(['a:443', '[::1]:443', 'a', 'a:', '[::1]', '[::1:443]', ':443'].map(isAuthorityWithPort), [
    ...[true, true, false, false, false, false, false],
  ]);
});
