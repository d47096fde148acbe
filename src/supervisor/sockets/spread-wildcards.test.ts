import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { isNamedApart, spreadWildcards } from './spread-wildcards.ts';

const MACHINE = ['127.0.0.1', '192.0.2.1', '::1'];

function hostsFor(host: string, isIpv6Only = false, own: readonly string[] = [], named: readonly string[] = []) {
  const places = [host, ...named].map((each) => ({
    ...{ address: { kind: 'udp' as const, host: each, port: 53 }, isIpv6Only },
  }));
  const bound = own.map((address) => ({ kind: 'udp' as const, address, port: 53 }));
  return spreadWildcards(places, bound, MACHINE).map(({ address }) => ('host' in address ? address.host : ''));
}

test('spreadWildcards() gives each address of the machine a socket, unless it has one', () => {
  deepEqual(hostsFor('0.0.0.0'), ['127.0.0.1', '192.0.2.1']);
  deepEqual(hostsFor('::', true), ['::1']);
  deepEqual(hostsFor('::'), MACHINE);
  deepEqual(hostsFor('0.0.0.0', false, ['192.0.2.1'], ['127.0.0.1']), []);
  deepEqual(hostsFor('192.0.2.1'), []);
  const tcp = { address: { kind: 'tcp', host: '0.0.0.0', port: 53 }, isIpv6Only: false } as const;
  deepEqual(spreadWildcards([tcp], [], MACHINE), []);
});

test('isNamedApart() finds the address that something else is listened on by now', () => {
  const all = { kind: 'udp', host: '0.0.0.0', port: 53 } as const;
  const one = { kind: 'udp', host: '127.0.0.1', port: 53 } as const;
  const socket = { kind: 'udp', address: '127.0.0.1', port: 53 } as const;
  equal(isNamedApart(socket, all, [all, undefined]), false);
  equal(isNamedApart(socket, all, [all, one]), true);
  equal(isNamedApart(socket, one, [all, one]), false);
});
