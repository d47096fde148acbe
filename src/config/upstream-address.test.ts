import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUpstreamAddress } from './upstream-address.ts';

function read(text: string, hasUri = false): string {
  const address = readUpstreamAddress(text, hasUri);
  if (!address.ok) {
    return address.fault;
  }
  const { host, isUnix, port, uri } = address.value;
  return [isUnix ? 'unix' : 'tcp', host, port ?? '-', uri].join(' ');
}

test('an address of an upstream is a host with or without port, one of IPv6, or a path', () => {
  assert.deepEqual(
    ['backend', '127.0.0.1:8000', '[::1]', '[::1]:81', 'unix:/run/a.sock', 'UNIX:a:b'].map((text) => read(text)),
    ['tcp backend - ', 'tcp 127.0.0.1 8000 ', 'tcp [::1] - ', 'tcp [::1] 81 ', 'unix /run/a.sock - ', 'unix a:b - '],
  );
});

test('a path may follow where the address stands in a URL', () => {
  assert.deepEqual(
    ['a/b:c', 'a:1?x', '[::1]:1/', 'unix:/s:/x', 'unix:/s'].map((text) => read(text, true)),
    ['tcp a - /b:c', 'tcp a 1 ?x', 'tcp [::1] 1 /', 'unix /s - /x', 'unix /s - '],
  );
  assert.deepEqual([read('a/b'), read('http://a')], ['invalid host', 'invalid host']);
});

test('what nginx refuses is refused in its words', () => {
  assert.deepEqual(
    ['', ':80', 'a:', 'a:0', 'a:65536', 'a:80x', 'a:80:81', '[::1', '[x]', '[1]:1', 'unix:'].map((text) => read(text)),
    [
      ...['no host', 'no host', 'invalid port', 'invalid port', 'invalid port', 'invalid port', 'invalid port'],
      ...['invalid host', 'invalid IPv6 address', 'invalid IPv6 address', 'no path in the unix domain socket'],
    ],
  );
  assert.equal(read(`unix:/${'a'.repeat(107)}`), 'too long path in the unix domain socket');
});
