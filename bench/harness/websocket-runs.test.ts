import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Peer } from './websocket-runs.ts';
import { MESSAGE_BYTES, startRun } from './websocket-runs.ts';

class FakePeer implements Peer {
  readonly sent: Buffer[] = [];
  renderMessage(text: string): Buffer {
    return Buffer.from(text);
  }
  send(frame: Buffer): void {
    this.sent.push(frame);
  }
  /** What it sent last. */
  get last(): Buffer {
    return this.sent.at(-1) ?? Buffer.alloc(0);
  }
}

test('an echo has every client send 64 bytes of its own, and again when they have come back', () => {
  const [one, two] = [new FakePeer(), new FakePeer()];
  const run = startRun('echo', [one, two]);
  run.begin();
  assert.deepEqual([one.last.length, two.last.length], [MESSAGE_BYTES, MESSAGE_BYTES]);
  assert.notDeepEqual(one.last, two.last);
  assert.equal(run.take(one, one.last), undefined);
  assert.deepEqual([one.sent.length, two.sent.length, run.messages], [2, 1, 1]);
});

test('an echo is over when it was told to end and all have their answers', () => {
  const peers = [new FakePeer(), new FakePeer()];
  const run = startRun('echo', peers);
  run.begin();
  run.end();
  assert.equal(run.isOver, false);
  for (const peer of peers) run.take(peer, peer.last);
  assert.deepEqual([run.isOver, run.messages], [true, 2]);
  assert.deepEqual(
    peers.map(({ sent }) => sent.length),
    [1, 1],
  );
});

test("an echo takes no other client's message", () => {
  const [one, two] = [new FakePeer(), new FakePeer()];
  const run = startRun('echo', [one, two]);
  run.begin();
  assert.equal(run.take(one, two.last), 'a message that nobody sent');
  assert.equal(run.take(new FakePeer(), one.last), 'a message that nobody sent');
  assert.equal(run.messages, 0);
});

test('a broadcast has the next client send when all have the message', () => {
  const [one, two] = [new FakePeer(), new FakePeer()];
  const run = startRun('broadcast', [one, two]);
  run.begin();
  const first = one.last;
  assert.deepEqual([first.length, two.sent.length], [MESSAGE_BYTES, 0]);
  run.take(one, first);
  assert.equal(two.sent.length, 0);
  run.take(two, first);
  assert.deepEqual([one.sent.length, two.sent.length, run.messages], [1, 1, 2]);
  assert.notDeepEqual(two.last, first);
});

test('a broadcast is over when it was told to end and all have the last message', () => {
  const [one, two] = [new FakePeer(), new FakePeer()];
  const run = startRun('broadcast', [one, two]);
  run.begin();
  run.take(one, one.last);
  run.end();
  assert.equal(run.isOver, false);
  run.take(two, one.last);
  assert.deepEqual([run.isOver, two.sent.length], [true, 0]);
});

test('a broadcast takes a message once from each client, and no other', () => {
  const [one, two] = [new FakePeer(), new FakePeer()];
  const run = startRun('broadcast', [one, two]);
  run.begin();
  assert.equal(run.take(one, one.last), undefined);
  assert.equal(run.take(one, one.last), 'a message that nobody sent');
  assert.equal(run.take(two, Buffer.from('another')), 'a message that nobody sent');
});
