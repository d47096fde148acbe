import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalAddress, TrustedPeers } from './trusted-peers.ts';

const peers = new TrustedPeers(['127.0.0.1', '10.0.0.0/8', '::1', '::ffff:192.0.2.0/120', 'fe80::/10']);

test('TrustedPeers knows addresses, networks, Unix sockets and *', () => {
  for (const address of ['127.0.0.1', '10.200.3.4', '::1', '', 'fe80::1%eth0'])
    equal(peers.has(address), true, address);
  for (const address of ['198.51.100.1', '2001:db8::1', 'unknown']) equal(peers.has(address), false, address);
  equal(new TrustedPeers(['*']).has('192.0.2.1'), true);
  equal(new TrustedPeers([]).has('127.0.0.1'), false);
  equal(new TrustedPeers([]).has(''), true);
});

test('TrustedPeers takes IPv4 that is written as IPv6 for what it is, in the list and in what is asked', () => {
  for (const address of ['::ffff:10.0.0.1', '::ffff:a00:1', '192.0.2.7', '::FFFF:192.0.2.7'])
    equal(peers.has(address), true, address);
  equal(peers.has('::ffff:11.0.0.1'), false);
});

test('canonicalAddress() writes each address in one way', () => {
  equal(canonicalAddress('192.0.2.1'), '192.0.2.1');
  equal(canonicalAddress('2001:DB8:0:0::1'), '2001:db8::1');
  equal(canonicalAddress('::ffff:192.0.2.1'), '192.0.2.1');
  equal(canonicalAddress('::FFFF:c000:201'), '192.0.2.1');
});

test('canonicalAddress() refuses what is no address to another machine', () => {
  for (const text of ['', 'unknown', 'fe80::1%eth0', '010.0.0.1', '1.2.3', '1.2.3.4 ', '[::1]', '1.2.3.4:80'])
    equal(canonicalAddress(text), undefined, text);
});
