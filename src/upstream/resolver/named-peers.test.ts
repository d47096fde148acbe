import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer } from '../peer-choice.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';
import { NamedPeers } from './named-peers.ts';

const FOUND: NameAnswer = {
  kind: 'found',
  servers: [{ address: '192.0.2.1' }, { address: '2001:db8::1' }],
  untilMs: 0,
};
const ABSENT: NameAnswer = { kind: 'failed', reason: '3: Host not found', isAbsent: true, untilMs: 0 };

function peersOf(answer: NameAnswer, fresh?: NameAnswer): NamedPeers {
  const names: Pick<NameCache, 'fresh' | 'lookUp'> = { fresh: () => fresh, lookUp: () => Promise.resolve(answer) };
  return new NamedPeers('app:81', 'app', 81, names as NameCache);
}

test('a request waits until the name is found, and tries each address once', async () => {
  const peers = peersOf(FOUND);
  const choice = peers.choose();
  equal(choice.next(), 'full');
  const first = await new Promise<Peer | undefined>((resolve) => void peers.queue.wait(choice, resolve));
  equal(choice.triesLeft, 1);
  const second = choice.next();
  deepEqual(
    [first, second].map((peer) => (typeof peer === 'object' ? peer.name : peer)),
    ['192.0.2.1:81', '[2001:db8::1]:81'],
  );
  equal(choice.next(), undefined);
  equal(typeof peersOf(ABSENT, FOUND).choose().next(), 'object', 'what is known is not asked for');
});

test('a name that is not found is told, and a request that has left is not called', async () => {
  const peers = peersOf(ABSENT);
  const choice = peers.choose();
  choice.next();
  let isCalled = false;
  peers.queue
    .wait(choice, () => {
      isCalled = true;
    })
    ?.leave();
  equal(await new Promise((resolve) => void peers.queue.wait(choice, resolve)), undefined);
  equal(choice.absence, 'app could not be resolved (3: Host not found)');
  equal(isCalled, false);
});
