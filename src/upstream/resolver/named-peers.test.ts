import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer } from '../peer-choice.ts';
import { QUICK } from '../peers/fake-upstream.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';
import { NamedPeers } from './named-peers.ts';

const FOUND: NameAnswer = {
  kind: 'found',
  servers: [{ address: '192.0.2.1' }, { address: '2001:db8::1' }],
  untilMs: 0,
};
const ABSENT: NameAnswer = { kind: 'failed', reason: '3: Host not found', isAbsent: true };

function peersOf(answer: NameAnswer, fresh?: NameAnswer): NamedPeers {
  const names: Pick<NameCache, 'fresh' | 'lookUp'> = { fresh: () => fresh, lookUp: () => Promise.resolve(answer) };
  return new NamedPeers({ name: 'app:81', host: 'App', loggedHost: 'app', port: 81 }, names as NameCache);
}

function nameOf(peer: Peer | 'full' | undefined): string {
  return typeof peer === 'object' ? peer.name : String(peer);
}

test('a request waits until the name is found, and tries each address once, in the order of the name server', async () => {
  const peers = peersOf(FOUND);
  const choice = peers.choose();
  equal(choice.next(), 'full');
  const first = await new Promise<Peer | undefined>((resolve) => void peers.queue.wait(choice, resolve));
  equal(choice.triesLeft, 2, 'with the one that is being asked');
  choice.release('failed', 502, QUICK);
  equal(choice.triesLeft, 1);
  const second = choice.next();
  deepEqual([first, second].map(nameOf), ['192.0.2.1:81', '[2001:db8::1]:81']);
  equal(choice.next(), undefined);
});

test('what is known is not asked for, and begun with anywhere', (context) => {
  const chance = context.mock.method(Math, 'random', () => 0.99);
  const peers = peersOf(ABSENT, FOUND);
  const choice = peers.choose();
  deepEqual([choice.next(), choice.next(), choice.next()].map(nameOf), [
    '[2001:db8::1]:81',
    '192.0.2.1:81',
    'undefined',
  ]);
  chance.mock.mockImplementation(() => 0);
  equal(nameOf(peers.choose().next()), '192.0.2.1:81');
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
  equal(peersOf(FOUND, ABSENT).choose().absence, 'app could not be resolved (3: Host not found)');
});
