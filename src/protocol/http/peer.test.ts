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
