import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBindAddress, parseServeBind, renderBindAddress, repeatedAddresses } from './bind-address.ts';

test('parseBindAddress() reads every way an address is written', () => {
  const cases: Record<string, string> = {
    '127.0.0.1:8080': '127.0.0.1:8080',
    'localhost:80': 'localhost:80',
    ':8080': '0.0.0.0:8080',
    '*:80': '0.0.0.0:80',
    '9000': '127.0.0.1:9000',
    'example.org': 'example.org:8000',
    '[::1]:8443': '[::1]:8443',
    '[::]': '[::]:8000',
    '127.0.0.1:0': '127.0.0.1:0',
    'unix:/run/site.sock': 'unix:/run/site.sock',
    'unix:site.sock': 'unix:site.sock',
  };
  for (const [text, expected] of Object.entries(cases)) {
    const parsed = parseBindAddress(text);
    assert.equal(parsed.ok && renderBindAddress(parsed.value), expected, text);
  }
});

test('parseBindAddress() refuses what is no address', () => {
  for (const text of [
    '',
    ':',
    '::1:80',
    'host:port',
    'host:',
    '1.2.3.4:70000',
    'a b:1',
    'unix:',
    'unix:/run/',
    `unix:/${'x'.repeat(107)}`,
  ]) {
    assert.equal(parseBindAddress(text).ok, false, text);
  }
});

test('parseServeBind() reads where uwsgi is spoken', () => {
  for (const [text, expected] of [
    ['127.0.0.1:80', 'undefined 127.0.0.1:80'],
    ['uwsgi://127.0.0.1:3031', 'uwsgi 127.0.0.1:3031'],
    ['uwsgi::3031', 'uwsgi 0.0.0.0:3031'],
    ['uwsgi://[::1]:3031', 'uwsgi [::1]:3031'],
    ['uwsgi:/run/a.sock', 'uwsgi unix:/run/a.sock'],
    ['uwsgi:///run/a.sock', 'uwsgi unix:/run/a.sock'],
    ['uwsgi:unix:a.sock', 'uwsgi unix:a.sock'],
  ] as const) {
    const parsed = parseServeBind(text);
    assert.equal(parsed.ok && `${parsed.value.speaks} ${renderBindAddress(parsed.value)}`, expected, text);
  }
  assert.equal(parseServeBind('uwsgi://').ok, false);
  assert.equal(parseServeBind('uwsgi:/').ok, false);
});

test('repeatedAddresses() finds what is given twice, but for port 0', () => {
  const addresses = ['[::1]:80', 'unix:/s', '127.0.0.1:0', '[::1]:80', 'unix:/s', '127.0.0.1:0', '127.0.0.1:80'];
  const parsed = addresses.map((text) => {
    const outcome = parseBindAddress(text);
    assert.ok(outcome.ok);
    return outcome.value;
  });
  assert.deepEqual(repeatedAddresses(parsed), ['[::1]:80', 'unix:/s']);
});
