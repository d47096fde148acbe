import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../protocol/http1/fake-field-block.ts';
import type { FieldBlock } from '../protocol/http1/types.ts';
import { readForwarded, TrustedPeers } from './forwarded.ts';

const block = (...lines: [string, string][]): FieldBlock => fieldBlock(lines);

const peers = new TrustedPeers(['127.0.0.1', '10.0.0.0/8', '::1']);

test('TrustedPeers knows addresses, networks, Unix sockets and *', () => {
  equal(peers.has('127.0.0.1'), true);
  equal(peers.has('10.200.3.4'), true);
  equal(peers.has('::1'), true);
  equal(peers.has(''), true);
  equal(peers.has('192.0.2.1'), false);
  equal(peers.has('2001:db8::1'), false);
  equal(new TrustedPeers(['*']).has('192.0.2.1'), true);
  equal(new TrustedPeers([]).has('127.0.0.1'), false);
});

test('readForwarded() takes the rightmost address that is not a trusted proxy', () => {
  deepEqual(
    readForwarded(block(['X-Forwarded-For', '6.6.6.6, 192.0.2.9, 10.1.1.1'], ['X-Forwarded-Proto', 'https']), peers),
    { address: '192.0.2.9', port: '', scheme: 'https' },
  );
  deepEqual(readForwarded(block(['X-Forwarded-For', '6.6.6.6'], ['x-forwarded-for', '[2001:db8::1]:99']), peers), {
    address: '2001:db8::1',
    port: '99',
    scheme: undefined,
  });
});

test('readForwarded() believes nothing beyond what cannot be read', () => {
  equal(readForwarded(block(['X-Forwarded-For', '192.0.2.1, evil, 10.0.0.1']), peers).address, '10.0.0.1');
  equal(readForwarded(block(['X-Forwarded-For', 'unknown']), peers).address, undefined);
  equal(readForwarded(block(['X-Forwarded-Proto', 'gopher']), peers).scheme, undefined);
});

test('readForwarded() lets the standard field rule', () => {
  deepEqual(
    readForwarded(
      block(
        ['Forwarded', 'for=192.0.2.43;proto=http, for="[2001:db8:cafe::17]:4711";proto=https'],
        ['X-Forwarded-For', '6.6.6.6'],
      ),
      peers,
    ),
    { address: '2001:db8:cafe::17', port: '4711', scheme: 'https' },
  );
});
