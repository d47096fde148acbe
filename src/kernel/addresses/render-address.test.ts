import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newAddress, parseAddress } from './parse-address.ts';
import { renderAddress } from './render-address.ts';

test('an address has one form', () => {
  const cases: Record<string, string> = {
    '192.0.2.1': '192.0.2.1',
    '255.255.255.255': '255.255.255.255',
    '::ffff:192.0.2.1': '192.0.2.1',
    '::FFFF:c000:0201': '192.0.2.1',
    '::': '::',
    '::1': '::1',
    '1::': '1::',
    '2001:Db8:0:0:1:0:0:1': '2001:db8::1:0:0:1',
    '2001:db8:0:1:1:1:1:1': '2001:db8:0:1:1:1:1:1',
    '2001:0:0:1:0:0:0:1': '2001:0:0:1::1',
    '2001:0db8:0000:0000:0000:0000:0000:0002': '2001:db8::2',
    '64:ff9b::192.0.2.33': '64:ff9b::c000:221',
  };
  const address = newAddress();
  for (const [text, form] of Object.entries(cases)) {
    assert.ok(parseAddress(text, address), text);
    assert.equal(renderAddress(address), form);
  }
});
