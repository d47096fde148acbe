import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerOrigins } from './peer.ts';
import { Peer } from './peer.ts';

test('Peer is looked up once, until another list is asked', () => {
  const looked: string[] = [];
  const list = (name: string, isOn: boolean) => ({
    has: (address: string) => {
      looked.push(`${name} ${address}`);
      return isOn;
    },
  });
  const peer = new Peer({ address: '192.0.2.1', port: '1' }, {} as PeerOrigins);
  const [all, nobody] = [list('all', true), list('nobody', false)];
  deepEqual(
    [all, all, nobody, nobody, all].map((asked) => peer.isOn(asked)),
    [true, true, false, false, true],
  );
  deepEqual(looked, ['all 192.0.2.1', 'nobody 192.0.2.1', 'all 192.0.2.1']);
});

test('connections have numbers, and an address of ours that is written as people write it', () => {
  const [first, second] = [1, 2].map(() => new Peer({ address: '', port: '' }, {} as PeerOrigins));
  deepEqual((second?.number ?? 0) - (first?.number ?? 0), 1);
  const local = (localAddress?: string): string => new Peer(CLIENT, {} as PeerOrigins, { localAddress }).localAddress;
  deepEqual([local('::ffff:192.0.2.1'), local('::1'), local()], ['192.0.2.1', '::1', '']);
});

const CLIENT = { address: '192.0.2.1', port: '1' };
