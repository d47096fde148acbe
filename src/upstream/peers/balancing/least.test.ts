import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Balancing } from '../../../config/model/upstream.ts';
import type { PeerChoice, PeerTimes } from '../../peer-choice.ts';
import { chosen, fakeGroup, fakeRequest, fakeServer, QUICK } from '../fake-upstream.ts';
import { PEER } from '../peer-fields.ts';
import type { UpstreamGroup } from '../upstream-group.ts';

const LEAST_CONN: Balancing = { kind: 'least-conn' };

function hold(group: UpstreamGroup): { readonly choice: PeerChoice; readonly name: string } {
  const choice = group.choose(fakeRequest());
  const peer = choice.next();
  return { choice, name: typeof peer === 'object' ? peer.name : String(peer) };
}

function times(headMs: number, wholeMs: number): PeerTimes {
  return { ...QUICK, headMs, wholeMs };
}

test('least_conn takes the peer with the fewest requests by its weight, and takes turns among equals', () => {
  const { group } = fakeGroup([fakeServer('a'), fakeServer('b', { weight: 2 }), fakeServer('c')], {
    balancing: LEAST_CONN,
  });
  const held = Array.from({ length: 8 }, () => hold(group));
  equal(
    held
      .map(({ name }) => name)
      .sort()
      .join(''),
    'aabbbbcc',
  );
  held.find(({ name }) => name === 'c')?.choice.release('succeeded', 200, QUICK);
  equal(hold(group).name, 'c');
  const idle = fakeGroup([fakeServer('a'), fakeServer('b')], { balancing: LEAST_CONN });
  equal(chosen(idle.group, 4), 'a b a b');
});

test('least_conn goes to the backups when the others are dead', () => {
  const { group } = fakeGroup([fakeServer('a'), fakeServer('b', { isBackup: true })], { balancing: LEAST_CONN });
  const { choice } = hold(group);
  choice.release('failed', 0, QUICK);
  equal(chosen(group, 1), 'b');
});

test('least_time takes the peer that answers soonest, by the head or by the whole', () => {
  for (const [until, expected] of [
    ['header', 'a'],
    ['last-byte', 'b'],
  ] as const) {
    const { group } = fakeGroup([fakeServer('a'), fakeServer('b')], {
      balancing: { kind: 'least-time', until, countsUnfinished: false },
    });
    const one = hold(group);
    const two = hold(group);
    one.choice.release('succeeded', 200, times(10, 900));
    two.choice.release('succeeded', 200, times(300, 400));
    equal(chosen(group, 3), `${expected} ${expected} ${expected}`, until);
  }
});

test('least_time takes times of nearly the same length for equal, and failures for none', () => {
  const { group } = fakeGroup([fakeServer('a', { failsMax: 0 }), fakeServer('b')], {
    balancing: { kind: 'least-time', until: 'header', countsUnfinished: false },
  });
  hold(group).choice.release('succeeded', 200, times(3, 3));
  hold(group).choice.release('succeeded', 200, times(15, 15));
  equal(new Set(chosen(group, 2).split(' ')).size, 2);
  const [peer] = group.peers;
  const before = peer?.read(PEER.headMs);
  const { choice } = hold(group);
  choice.release('failed', 0, times(0, 0));
  equal(peer?.read(PEER.headMs), before);
});

test('least_time inflight sees a peer that does not answer before it has answered', () => {
  for (const countsUnfinished of [true, false]) {
    const { group, clock } = fakeGroup([fakeServer('a'), fakeServer('b')], {
      balancing: { kind: 'least-time', until: 'header', countsUnfinished },
    });
    clock.advance(60_000);
    for (const _ of 'ab') {
      const { choice } = hold(group);
      choice.onHead(5);
      choice.release('succeeded', 200, times(5, 5));
    }
    const stuck = hold(group);
    equal(stuck.name, 'a');
    const other = hold(group);
    equal(other.name, 'b');
    clock.advance(2000);
    other.choice.onHead(2000);
    const more = [hold(group), hold(group)];
    equal(
      more
        .map(({ name }) => name)
        .sort()
        .join(''),
      countsUnfinished ? 'bb' : 'ab',
    );
    stuck.choice.onHead(2000);
    stuck.choice.release('succeeded', 200, times(2000, 2000));
    other.choice.release('succeeded', 200, times(5, 5));
    for (const { choice } of more) {
      choice.release('succeeded', 200, times(5, 5));
    }
    for (const peer of group.peers) {
      equal(peer.read(PEER.unfinished), 0);
    }
  }
});
