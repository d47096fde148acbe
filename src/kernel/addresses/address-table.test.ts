import { equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Precedence } from './address-table.ts';
import { AddressTable } from './address-table.ts';
import { parseAddressRange, parseNetwork } from './parse-network.ts';

function tableOf(precedence: Precedence, networks: readonly string[]): AddressTable<string> {
  const entries = networks.flatMap((network) => {
    const range = parseNetwork(network) ?? parseAddressRange(network);
    return range === undefined ? [] : [{ range, value: network }];
  });
  return new AddressTable(entries, precedence);
}

test('AddressTable has the entry that stands first, last, or is the narrowest count', () => {
  const networks = ['10.0.0.0/8', '10.1.0.0/16', '0.0.0.0/0', '10.1.2.3', '2001:db8::/32', '::/0', '2001:db8::1'];
  for (const [precedence, address, network] of [
    ['first', '10.1.2.3', '10.0.0.0/8'],
    ['narrowest', '10.1.2.3', '10.1.2.3'],
    ['narrowest', '10.1.2.4', '10.1.0.0/16'],
    ['narrowest', '10.2.2.4', '10.0.0.0/8'],
    ['narrowest', '255.255.255.255', '0.0.0.0/0'],
    ['last', '10.1.2.4', '0.0.0.0/0'],
    ['first', '2001:db8::1', '2001:db8::/32'],
    ['narrowest', '2001:db8::1', '2001:db8::1'],
    ['narrowest', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::/0'],
    ['narrowest', '::ffff:10.1.2.3', '10.1.2.3'],
  ] as const) {
    equal(tableOf(precedence, networks).find(address), network, `${precedence} ${address}`);
  }
});

test('AddressTable finds nothing for what no entry holds, and for what is no address', () => {
  const table = tableOf('narrowest', ['192.0.2.1-192.0.2.9', '2001:db8::/32']);
  equal(table.find('192.0.2.9'), '192.0.2.1-192.0.2.9');
  for (const address of ['192.0.2.0', '192.0.2.10', '2001:db7::', '2001:db9::', '', 'unix:', '192.0.2.5/24'])
    equal(table.find(address), undefined, address);
  equal(tableOf('first', []).isEmpty, true);
  equal(tableOf('first', ['::1']).isEmpty, false);
});

test('of equal networks the last counts where the narrowest does', () => {
  const range = parseNetwork('192.0.2.0/24');
  ok(range);
  const entries = ['a', 'b'].map((value) => ({ range, value }));
  equal(new AddressTable(entries, 'narrowest').find('192.0.2.1'), 'b');
  equal(new AddressTable(entries, 'first').find('192.0.2.1'), 'a');
});
