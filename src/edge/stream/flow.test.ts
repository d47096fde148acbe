import { equal } from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { Flow } from './flow.ts';
import { FlowRate } from './flow-rate.ts';

/** It takes nothing. */
function fakeSocket(): Socket {
  return {
    ...{ destroyed: false, pause: () => undefined, resume: () => undefined },
    write: (_: Buffer, done: (error: Error) => void) => done(new Error('gone')),
  } as unknown as Socket;
}

test('a session that ends with what it could not pass on is not held by its rate', () => {
  const rate = new FlowRate(1, new FakeClock());
  const flow: Flow = new Flow(
    { socket: fakeSocket(), buffer: undefined, rate },
    { onStep: () => undefined, onBroken: () => flow.close() },
  );
  flow.begin(fakeSocket());
  flow.take(Buffer.alloc(65_536), 65_536);
  equal(flow.isDelayed, false);
  flow.close();
});
