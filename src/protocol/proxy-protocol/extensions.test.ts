import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseExtensionName, readExtension } from './extensions.ts';

function tlv(type: number, value: string): string {
  return String.fromCharCode(type, value.length >> 8, value.length & 0xff) + value;
}

const SSL = tlv(0x20, `\x01\0\0\0\xff${tlv(0x21, 'TLSv1.2')}${tlv(0x22, 'example.com')}${tlv(0x24, 'SHA1')}`);
const ALL = tlv(1, 'h2') + tlv(2, 'localhost') + tlv(4, '') + SSL + tlv(0x30, 'ns') + tlv(0xae, '\xff');

function get(extensions: string, name: string): string | undefined {
  const parsed = parseExtensionName(name);
  return parsed && readExtension(extensions, parsed);
}

test('extensions have names or numbers', () => {
  const cases: Record<string, string | undefined> = {
    alpn: 'h2',
    '0x01': 'h2',
    '0x1': 'h2',
    '0x0001': 'h2',
    authority: 'localhost',
    '0x04': '',
    netns: 'ns',
    '0xae': '\xff',
    '0xAE': '\xff',
    ssl: SSL.slice(3),
    ssl_verify: '255',
    ssl_version: 'TLSv1.2',
    ssl_cn: 'example.com',
    ssl_0x22: 'example.com',
    ssl_sig_alg: 'SHA1',
    ssl_cipher: undefined,
    unique_id: undefined,
    '0xff': undefined,
  };
  for (const [name, value] of Object.entries(cases)) {
    assert.equal(get(ALL, name), value, name);
  }
});

test('there are no others', () => {
  for (const name of [
    '',
    'x',
    '1',
    '0x',
    '0x100',
    '0xg',
    'ssl_',
    'ssl_alpn',
    'version',
    'constructor',
    'ssl_toString',
  ]) {
    assert.equal(parseExtensionName(name), undefined, name);
  }
});

test('what goes beyond its bounds is not read, nor what follows it', () => {
  assert.equal(get(tlv(1, 'h2').slice(0, -1), 'alpn'), undefined);
  assert.equal(get(`\x07\0\xff${tlv(1, 'h2')}`, 'alpn'), undefined);
  assert.equal(get('\x01\0', 'alpn'), undefined);
  assert.equal(get(tlv(0x20, '\x01\0\0\0'), 'ssl_verify'), undefined);
  assert.equal(get(tlv(0x20, `\x01\0\0\0\0\x22\0\x05name`), 'ssl_cn'), undefined);
  assert.equal(get(tlv(0x20, '\x01\0\0\0\0') + tlv(0x22, 'outside'), 'ssl_cn'), undefined);
  assert.equal(get(tlv(0x20, '\x01\xff\xff\xff\xff'), 'ssl_verify'), '4294967295');
});
