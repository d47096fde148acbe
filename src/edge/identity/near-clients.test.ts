import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isNear } from './near-clients.ts';

interface Asked {
  readonly address?: string;
  readonly host?: string;
  readonly version?: 10 | 11;
  readonly fields?: Readonly<Record<string, string>>;
}

function near({ address = '127.0.0.1', host = 'localhost:8000', version = 11, fields = {} }: Asked): boolean {
  const values = new Map(Object.entries(fields));
  const getAll = (name: string): readonly string[] => (values.has(name) ? [values.get(name) ?? ''] : []);
  const block = { get: (name: string) => values.get(name), getAll };
  return isNear({ method: 'GET', target: '/', requestId: '', client: { address }, host, version, block });
}

test('isNear() knows this machine, private networks and Unix sockets from the internet', () => {
  for (const address of ['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.9', '::1', 'fd00::1', 'fe80::1', '']) {
    equal(near({ address }), true, address);
  }
  for (const address of ['203.0.113.1', '172.32.0.1', '2001:db8::1', '::ffff:203.0.113.1', 'not an address']) {
    equal(near({ address }), false, address);
  }
});

test('isNear() refuses names of the internet, which lead through a proxy or were made to lead here by somebody else', () => {
  for (const host of [
    'localhost',
    'shop.localhost:8000',
    'web',
    '[::1]:80',
    '192.168.1.5:8000',
    '0.0.0.0:1',
    'pc.LOCAL',
    'shop.test.',
    'host.docker.internal',
  ]) {
    equal(near({ host }), true, host);
  }
  for (const host of [
    '',
    'example.com',
    'www.example.com:8000',
    '203.0.113.1',
    'localhost.example.com',
    '127.0.0.1.nip.io',
    'mylocal.com',
    '[2001:db8::1]',
  ]) {
    equal(near({ host }), false, host);
  }
});

test('isNear() refuses whom any proxy names, believed or not, if that is not a client near by', () => {
  equal(near({ fields: { 'x-forwarded-for': '192.168.1.5, [fd00::1]:80' } }), true);
  equal(near({ fields: { forwarded: 'for=10.0.0.1;proto=https, for="[::1]:5"' } }), true);
  const far: Readonly<Record<string, string>>[] = [
    { 'x-forwarded-for': '203.0.113.9' },
    { 'x-forwarded-for': '10.0.0.1, 203.0.113.9, 10.0.0.2' },
    { 'x-forwarded-for': 'garbage' },
    { 'x-forwarded-for': '' },
    { 'cf-connecting-ip': '203.0.113.9' },
    { 'x-real-ip': '2001:db8::1' },
    { forwarded: 'for=203.0.113.9' },
    { forwarded: 'for=unknown' },
    { forwarded: 'proto=https' },
    { forwarded: 'for=10.0.0.1;;=' },
  ];
  for (const fields of far) {
    equal(near({ fields }), false, JSON.stringify(fields));
  }
});

test('isNear() refuses the HTTP/1.0 of a proxy that says nothing of its client', () => {
  equal(near({ version: 10 }), false);
  equal(near({ version: 10, fields: { 'x-real-ip': '192.168.1.5' } }), true);
});
