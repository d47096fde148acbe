import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderedAddressRule } from './address-rules.ts';
import { AddressRules } from './address-rules.ts';

const allow = (from: string): OrderedAddressRule => ({ allows: true, from });
const deny = (from: string): OrderedAddressRule => ({ allows: false, from });

test('AddressRules has the first rule that fits decide', () => {
  const rules = new AddressRules([
    deny('192.168.1.1'),
    allow('192.168.1.0/24'),
    allow('2001:db8::/32'),
    deny('10.0.0.0/8'),
    allow('10.1.1.0/24'),
  ]);
  for (const [address, decision] of [
    ['192.168.1.1', false],
    ['::ffff:192.168.1.1', false],
    ['192.168.1.2', true],
    ['10.1.1.1', false],
    ['2001:db8::1', true],
    ['192.168.2.1', undefined],
    ['::1', undefined],
    ['', undefined],
    ['unix:', undefined],
    ['nonsense', undefined],
  ] as const) {
    equal(rules.allows(address), decision, address);
  }
});

test('AddressRules knows all and Unix sockets', () => {
  for (const [list, v4, v6, unix] of [
    [[deny('all')], false, false, false],
    [[allow('unix:'), deny('all')], false, false, true],
    [[deny('all'), allow('unix:'), allow('::1'), allow('192.0.2.1')], false, false, false],
    [[allow('::1'), deny('unix:')], undefined, true, false],
    [[], undefined, undefined, undefined],
  ] as const) {
    const rules = new AddressRules(list);
    equal(rules.allows('192.0.2.1'), v4);
    equal(rules.allows('::1'), v6);
    equal(rules.allows(''), unix);
    equal(rules.allows('unix:'), unix);
  }
});

test('AddressRules is quick with ten thousand rules', () => {
  const list = Array.from({ length: 10_000 }, (_, index) => deny(`10.${index >> 8}.${index & 255}.0/24`));
  const rules = new AddressRules([...list, allow('all')]);
  equal(rules.allows('10.39.15.9'), false);
  equal(rules.allows('10.39.16.9'), true);
});
