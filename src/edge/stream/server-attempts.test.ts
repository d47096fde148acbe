import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { Peer, PeerChoice, PeerGroup } from '../../upstream/peer-choice.ts';
import type { Session } from './compiled-stream.ts';
import type { Asking } from './server-attempts.ts';
import { ServerAttempts } from './server-attempts.ts';

const PEER: Peer = { name: '192.0.2.1:80', address: { host: '192.0.2.1', port: 80 }, host: '192.0.2.1' };

test('an error of ours while a server is found for a session ends that session, and not what has found it', () => {
  const bugs: unknown[] = [];
  const error = new Error('of ours');
  const ended: number[] = [];
  const session = {
    ...{ services: { clock: new FakeClock() }, upstreams: [], action: '', log: () => undefined },
    onBug: (bug: unknown) => bugs.push(bug),
    end: (status: number) => ended.push(status),
  } as unknown as Session;
  const choice = { next: () => 'full', triesLeft: 1 } as unknown as PeerChoice;
  let found: (peer: Peer | undefined) => void = () => undefined;
  const queue: PeerGroup['queue'] = {
    wait: (_, done) => {
      found = done;
      return { leave: () => undefined };
    },
  };
  const asking = { group: { name: 'servers', choose: () => choice, queue } } as unknown as Asking;
  const attempts = new ServerAttempts(session, asking, () => {
    throw error;
  });
  attempts.begin();
  found(PEER);
  deepEqual([bugs, ended], [[error], []]);
});
