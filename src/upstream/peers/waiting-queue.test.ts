import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer, PeerChoice, PeerWait } from '../peer-choice.ts';
import { fakeGroup, fakeRequest, fakeServer, QUICK } from './fake-upstream.ts';
import type { UpstreamGroup } from './upstream-group.ts';

const ONE = [fakeServer('a', { connectionsMax: 1 })];
const QUEUE = { queue: { requestsMax: 2, timeoutMs: 60_000 } } as const;

interface Waiting {
  readonly choice: PeerChoice;
  readonly place: PeerWait | undefined;
  readonly done: Promise<Peer | undefined>;
}

function wait(group: UpstreamGroup): Waiting {
  const choice = group.choose(fakeRequest());
  equal(choice.next(), 'full');
  const { promise: done, resolve } = Promise.withResolvers<Peer | undefined>();
  return { choice, place: group.queue?.wait(choice, resolve), done };
}

function take(group: UpstreamGroup): PeerChoice {
  const choice = group.choose(fakeRequest());
  equal(typeof choice.next(), 'object');
  return choice;
}

test('requests wait in their order for the peer that another gives back, and new ones behind them', async () => {
  const { group } = fakeGroup(ONE, QUEUE);
  const first = take(group);
  const second = wait(group);
  const third = wait(group);
  equal(wait(group).place, undefined, 'no more than two wait');
  first.release('succeeded', 200, QUICK);
  equal(group.choose(fakeRequest()).next(), 'full', 'nobody overtakes them');
  equal((await second.done)?.name, 'a');
  second.choice.release('failed', 0, QUICK);
  equal((await third.done)?.name, 'a');
  third.choice.release('succeeded', 200, QUICK);
  take(group).release('succeeded', 200, QUICK);
});

test('a request of one thread is woken by that of another', async () => {
  const one = fakeGroup(ONE, QUEUE);
  const other = fakeGroup(ONE, QUEUE, one);
  const holder = take(other.group);
  const waiting = wait(one.group);
  // It has looked in vain, and sleeps.
  await new Promise((resolve) => setTimeout(resolve, 5));
  holder.release('succeeded', 200, QUICK);
  equal((await waiting.done)?.name, 'a');
});

test('a request that leaves is not called, and makes room in the queue', async () => {
  const { group } = fakeGroup(ONE, QUEUE);
  const holder = take(group);
  const called: string[] = [];
  const gone = wait(group);
  void gone.done.then(() => called.push('gone'));
  const stays = wait(group);
  gone.place?.leave();
  gone.place?.leave();
  const third = wait(group);
  ok(third.place);
  holder.release('succeeded', 200, QUICK);
  equal((await stays.done)?.name, 'a');
  third.place.leave();
  deepEqual(called, []);
});

test('a request whose time is over gets no peer, and neither does one when none lives any more', async () => {
  const { group, clock } = fakeGroup(ONE, { queue: { requestsMax: 2, timeoutMs: 10 } });
  const holder = take(group);
  const late = wait(group);
  clock.advance(11);
  equal(await late.done, undefined);
  const orphan = wait(group);
  group.setPeers([]);
  equal(await orphan.done, undefined);
  holder.release('succeeded', 200, QUICK);
});
