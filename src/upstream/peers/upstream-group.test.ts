import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { PeerChoice } from '../peer-choice.ts';
import { chosen, fakeGroup, fakeRequest, fakeServer, QUICK } from './fake-upstream.ts';
import { PEER } from './peer-fields.ts';
import type { UpstreamGroup } from './upstream-group.ts';

/** Takes a peer for a request that goes on. */
function take(group: UpstreamGroup): { readonly choice: PeerChoice; readonly name: string } {
  const choice = group.choose(fakeRequest());
  return { choice, name: nameOf(choice) };
}

function nameOf(choice: PeerChoice): string {
  const peer = choice.next();
  return typeof peer === 'object' ? peer.name : String(peer);
}

function fail(choice: PeerChoice): boolean {
  return choice.release('failed', 0, { ...QUICK, headMs: undefined });
}

/** Goes on until it is the peer's turn. */
function turnOf(group: UpstreamGroup, name: string): PeerChoice {
  for (let count = 0; count < 10; count += 1) {
    const taken = take(group);
    if (taken.name === name) {
      return taken.choice;
    }
    taken.choice.release('succeeded', 200, QUICK);
  }
  throw new Error(`it is never the turn of ${name}`);
}

test('a request tries each peer once, and its tries are as many as are not down', () => {
  const { group } = fakeGroup([fakeServer('a'), fakeServer('b'), fakeServer('c', { isDown: true })]);
  const { choice, name } = take(group);
  equal(name, 'a');
  equal(choice.triesLeft, 2);
  equal(fail(choice), true, 'it is dead after one failure');
  equal(choice.triesLeft, 1);
  equal(nameOf(choice), 'b');
  fail(choice);
  equal(choice.triesLeft, 0);
  equal(nameOf(choice), 'undefined');
  equal(chosen(group, 2), 'undefined undefined', 'both are dead for others too');
});

test('a dead peer is left alone for fail_timeout; then one request tries it', () => {
  const { group, clock } = fakeGroup([fakeServer('a', { failsMax: 2, failTimeoutMs: 5000 }), fakeServer('b')]);
  clock.advance(60_000);
  const [a] = group.peers;
  for (const isDead of [false, true]) {
    const choice = turnOf(group, 'a');
    equal(fail(choice), isDead);
    equal(nameOf(choice), 'b');
    choice.release('succeeded', 200, QUICK);
  }
  equal(a?.read(PEER.unavailable), 1);
  equal(chosen(group, 3), 'b b b');
  clock.advance(5000);
  equal(chosen(group, 2), 'b b');
  clock.advance(1);
  const choice = turnOf(group, 'a');
  equal(chosen(group, 2), 'b b', 'nobody else is sent to it meanwhile');
  choice.release('succeeded', 200, QUICK);
  equal(new Set(chosen(group, 2).split(' ')).size, 2, 'it has its share again');
});

test('a connection of a stream is enough for a peer to be well again, long before the connection ends', () => {
  const { group, clock } = fakeGroup([fakeServer('a', { failTimeoutMs: 5000 }), fakeServer('b', { isBackup: true })]);
  clock.advance(60_000);
  fail(take(group).choice);
  clock.advance(5001);
  const { choice, name } = take(group);
  equal(name, 'a');
  equal(chosen(group, 1), 'b');
  choice.onConnected();
  equal(chosen(group, 2), 'a a');
});

test('failures of long ago do not count: a success after fail_timeout forgets them', () => {
  const { group, clock } = fakeGroup([
    fakeServer('a', { failsMax: 2, failTimeoutMs: 5000 }),
    fakeServer('b', { isBackup: true }),
  ]);
  clock.advance(60_000);
  fail(take(group).choice);
  equal(chosen(group, 1), 'a');
  clock.advance(5001);
  equal(chosen(group, 1), 'a');
  equal(fail(take(group).choice), false, 'it is the first one again');
});

test('failures of the only server of an upstream do not count', () => {
  const { group } = fakeGroup([fakeServer('a')]);
  const { choice } = take(group);
  equal(fail(choice), false);
  equal(choice.triesLeft, 0);
  equal(nameOf(choice), 'undefined', 'a request does not try it twice');
  equal(chosen(group, 2), 'a a');
});

test('max_fails 0: a peer is never taken for dead', () => {
  const { group } = fakeGroup([fakeServer('a', { failsMax: 0 }), fakeServer('b', { isBackup: true })]);
  for (let count = 0; count < 5; count += 1) {
    const { choice, name } = take(group);
    equal(name, 'a');
    fail(choice);
  }
});

test('backups are asked when no other peer can be taken', () => {
  const { group, clock } = fakeGroup([
    fakeServer('a'),
    fakeServer('b', { isBackup: true }),
    fakeServer('c', { isBackup: true }),
  ]);
  clock.advance(60_000);
  const { choice } = take(group);
  equal(choice.triesLeft, 3);
  fail(choice);
  equal(nameOf(choice), 'b');
  choice.release('succeeded', 200, QUICK);
  equal(chosen(group, 2), 'c b');
  clock.advance(10_001);
  equal(chosen(group, 2), 'a a');
});

test('max_conns bounds what a peer has, over all groups that share its memory', () => {
  const servers = [fakeServer('a', { connectionsMax: 1 }), fakeServer('b', { connectionsMax: 1 })];
  const first = fakeGroup(servers);
  const other = fakeGroup(servers, {}, first);
  const one = take(first.group);
  const two = take(other.group);
  deepEqual([one.name, two.name], ['a', 'b']);
  equal(chosen(first.group, 1), 'full');
  two.choice.release('succeeded', 200, QUICK);
  equal(chosen(first.group, 1), 'b');
  one.choice.release('unused', 0, QUICK);
  equal(take(other.group).name === 'full', false);
});

test('a dead peer is not a full one', () => {
  const { group } = fakeGroup([fakeServer('a', { connectionsMax: 1 }), fakeServer('b', { isDown: true })]);
  const { choice } = take(group);
  equal(chosen(group, 1), 'full');
  fail(choice);
  equal(chosen(group, 1), 'undefined');
});

test('another plan goes on with the numbers of the peers that stay', () => {
  const before = fakeGroup([fakeServer('a'), fakeServer('b')]);
  before.clock.advance(60_000);
  const late = take(before.group);
  const { choice } = take(before.group);
  fail(choice);
  const after = fakeGroup([fakeServer('c'), fakeServer('b', { weight: 3 }), fakeServer('a')], {}, before);
  const numbers = (name: string) => {
    const peer = after.group.peers.find((each) => each.name === name);
    return [
      peer?.read(PEER.active),
      peer?.read(PEER.fails),
      peer?.read(PEER.requests),
      peer?.read(PEER.effectiveWeight),
    ];
  };
  deepEqual(numbers('a'), [1, 0, 1, 1]);
  deepEqual(numbers('b'), [0, 1, 1, 3]);
  deepEqual(numbers('c'), [0, 0, 0, 1]);
  before.group.close();
  late.choice.release('succeeded', 200, QUICK);
  deepEqual(numbers('a'), [0, 0, 1, 1], 'a request of the plan before gives its peer back');
  equal(new Set(chosen(after.group, 4).split(' ')).has('b'), false);
});

test('peers may change while requests have them', () => {
  const { group, clock } = fakeGroup([fakeServer('a'), fakeServer('b')]);
  const server = fakeServer('app');
  const { choice } = take(group);
  equal(group.setPeers([{ server, name: 'b', address: { host: 'b', port: 80 } }]), 0);
  clock.advance(1);
  fail(choice);
  equal(nameOf(choice), 'b', 'the request goes on among the new ones');
  choice.release('succeeded', 200, QUICK);
  group.setPeers([]);
  equal(chosen(group, 1), 'undefined');
});

test('a server that stands twice is two peers', () => {
  const { group } = fakeGroup([fakeServer('a', { failsMax: 1 }), fakeServer('a')]);
  const { choice } = take(group);
  equal(choice.triesLeft, 2);
  fail(choice);
  equal(nameOf(choice), 'a');
});

test('what a peer has done is counted', () => {
  const { group } = fakeGroup([fakeServer('a', { failsMax: 2 }), fakeServer('b', { isDown: true })]);
  for (const [outcome, status] of [
    ['succeeded', 200],
    ['succeeded', 404],
    ['failed', 502],
    ['failed', 0],
  ] as const) {
    const { choice } = take(group);
    choice.release(outcome, status, QUICK);
  }
  const [peer] = group.peers;
  deepEqual(peer?.responses(), [0, 1, 0, 1, 1]);
  deepEqual(
    (['requests', 'active', 'fails', 'failsTotal', 'unavailable', 'sentBytes', 'receivedBytes'] as const).map((field) =>
      peer?.read(PEER[field]),
    ),
    [4, 0, 2, 2, 1, 40, 80],
  );
});

test('slow_start: a peer that has come back has little of its weight, and more with time', () => {
  const slow = { slowStartMs: 10_000, failTimeoutMs: 1000 };
  const { group, clock } = fakeGroup([fakeServer('a', slow), fakeServer('b', slow)]);
  clock.advance(60_000);
  equal(chosen(group, 4), 'a b a b', 'nothing is slow at the start');
  const { choice } = take(group);
  fail(choice);
  clock.advance(1001);
  while (!chosen(group, 1).includes('a')) {
    // It is tried.
  }
  const share = () => chosen(group, 100).split('a').length - 1;
  equal(share() < 5, true);
  clock.advance(5000);
  const half = share();
  equal(half > 25 && half < 40, true, String(half));
  clock.advance(5000);
  equal(share(), 50);
});

test('a peer that is taken out while it has a request is told of until it has none', () => {
  const { group, clock } = fakeGroup([fakeServer('a'), fakeServer('b')]);
  clock.advance(1000);
  const choice = turnOf(group, 'a');
  const server = fakeServer('b');
  group.setPeers([{ server, name: 'b', address: { host: 'b', port: 1 } }]);
  equal(group.zombies, 1);
  choice.release('succeeded', 200, QUICK);
  equal(group.zombies, 0);
});

test('responses are counted by their status, and those that have no room for theirs by its first digit alone', () => {
  const { group, clock } = fakeGroup([fakeServer('a')]);
  clock.advance(1000);
  for (const status of [200, 503, 200, ...Array.from({ length: 20 }, (_, more) => 400 + more)]) {
    const { choice } = take(group);
    choice.release('succeeded', status, QUICK);
  }
  const [a] = group.peers;
  const codes = a?.codes() ?? {};
  deepEqual([codes[200], codes[503], codes[400], codes[419], Object.keys(codes).length], [2, 1, 1, undefined, 16]);
  deepEqual(a?.responses(), [0, 2, 0, 20, 1]);
});

test('idle connections of all threads are counted', () => {
  const one = fakeGroup([fakeServer('a')]);
  const other = fakeGroup([fakeServer('a')], {}, one);
  one.group.countIdle(1);
  other.group.countIdle(1);
  other.group.countIdle(1);
  one.group.countIdle(-1);
  equal(one.group.idle, 2);
});
