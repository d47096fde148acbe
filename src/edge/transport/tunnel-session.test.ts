import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { Deadline } from './deadline.ts';
import type { TunnelCarrier } from './tunnel-session.ts';
import { TunnelSession } from './tunnel-session.ts';

class Story {
  readonly told: string[] = [];
  readonly deadline = new Deadline(0, 1000);
  readonly exchange = { bodyBytes: 0 };
  hasRoom = true;
  takesBytes = true;
  readonly session: TunnelSession;

  constructor() {
    const say = (text: string) => () => {
      this.told.push(text);
    };
    const output = {
      borrowed: (_: string, { buffer }: { buffer: Buffer }) => this.told.push(`sent ${String(buffer)}`),
    };
    Object.defineProperty(output, 'hasRoom', { get: () => this.hasRoom });
    const socket = { pause: say('pause'), resume: say('resume'), close: say('close') };
    this.deadline.enterApp();
    // This is all that a session uses of socket and exchange.
    const carrier = { output, socket, deadline: this.deadline, clock: { nowMs: 5 }, exchange: this.exchange };
    this.session = new TunnelSession(
      {
        onBytes: (bytes) => {
          this.told.push(`got ${String(bytes)}`);
          return this.takesBytes;
        },
        onDrain: say('drained'),
        onEnd: say('ended'),
        onGone: say('gone'),
      },
      carrier as unknown as TunnelCarrier,
    );
  }
}

test('TunnelSession passes bytes on, counts what is sent, and stops reading for a handler that is behind', () => {
  const { session, told, exchange } = new Story();
  session.onBytes(Buffer.alloc(0));
  session.onBytes(Buffer.from('a'));
  equal(session.write(Buffer.from('bc')), true);
  equal(exchange.bodyBytes, 2);
  const slow = new Story();
  slow.takesBytes = false;
  slow.session.onBytes(Buffer.from('a'));
  slow.session.resume();
  deepEqual(
    [told, slow.told],
    [
      ['got a', 'sent bc'],
      ['got a', 'pause', 'resume'],
    ],
  );
});

test('TunnelSession gives a client that takes nothing a deadline', () => {
  const story = new Story();
  story.hasRoom = false;
  equal(story.session.write(Buffer.from('a')), false);
  equal(story.deadline.phase, 'write');
  equal(story.deadline.isDue(4 + EDGE_LIMITS.writeStallMs), false);
  equal(story.deadline.isDue(6 + EDGE_LIMITS.writeStallMs), true);
  story.session.onDrain();
  equal(story.told.at(-1), 'drained');
});

test('TunnelSession tells of the end once, and of the loss once', () => {
  const { session, told } = new Story();
  session.close();
  session.onClientEnd();
  session.onBytes(Buffer.from('late'));
  session.write(Buffer.from('bye'));
  session.onLost();
  session.onLost();
  equal(session.write(Buffer.from('never')), true);
  session.end();
  deepEqual(told, ['ended', 'sent bye', 'gone']);
});

test('TunnelSession closes when the handler ends it, and tells it nothing more', () => {
  const { session, told } = new Story();
  session.end();
  session.end();
  session.onClientEnd();
  session.onLost();
  session.onDrain();
  session.resume();
  equal(session.onGone(), false);
  session.onTick();
  deepEqual(told, ['close']);
});
