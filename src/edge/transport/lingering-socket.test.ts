import { deepEqual, equal } from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { ResponseWatcher } from '../../protocol/http/exchange.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { Deadline } from './deadline.ts';
import type { LingerRules } from './lingering-socket.ts';
import { LingeringSocket } from './lingering-socket.ts';
import type { Output } from './output.ts';

const IDLE_MS = 75_000;

/** What is done to the socket and its output, in order. */
function open() {
  const calls: string[] = [];
  const call = (name: string) => () => void calls.push(name);
  const raw = {
    remoteAddress: '192.0.2.1',
    bytesWritten: 0,
    writableLength: 0,
    pause: call('pause'),
    resume: call('resume'),
    end: call('end'),
    destroy: call('destroy'),
    destroySoon: call('destroySoon'),
    resetAndDestroy: call('reset'),
    setKeepAlive: call('probe'),
  };
  const output = { isEmpty: true, close: call('close output') };
  const deadline = new Deadline(0, IDLE_MS);
  const clock = { nowMs: 0 };
  const socket = new LingeringSocket(raw as unknown as Socket, output as unknown as Output, deadline, clock);
  return { calls, raw, output, deadline, clock, socket };
}

function asked(isDropped: boolean): { readonly watcher: ResponseWatcher } {
  return {
    watcher: { times: undefined, onDrain: () => undefined, onGone: () => undefined, onClientEnd: () => isDropped },
  };
}

test('pause() and resume() reach the socket once', () => {
  const { calls, socket } = open();
  socket.resume();
  socket.pause();
  socket.pause();
  equal(socket.isPaused, true);
  socket.resume();
  socket.resume();
  equal(socket.isPaused, false);
  deepEqual(calls, ['pause', 'resume']);
});

test('close() closes when all is sent, if nothing can be unread', () => {
  const { calls, socket, deadline } = open();
  socket.close(false);
  deepEqual(calls, ['destroySoon']);
  equal(deadline.phase, 'linger');
});

test('close() closes its own side alone while the body of the request is open, and reads on', () => {
  const { calls, socket, deadline } = open();
  socket.close(true);
  deepEqual(calls, ['end']);
  equal(deadline.phase, 'linger');
});

test('close() reads on where reading was paused', () => {
  for (const isBodyOpen of [false, true]) {
    const { calls, socket } = open();
    socket.pause();
    socket.close(isBodyOpen);
    deepEqual(calls, ['pause', 'end', 'resume']);
    equal(socket.isPaused, false);
  }
});

test('cut() ends the connection where that cannot pass for the end of the body, or where there is no other way', () => {
  for (const [endsBody, address, mayHaveMore, expected] of [
    [false, '192.0.2.1', false, ['close output', 'destroySoon']],
    [false, '192.0.2.1', true, ['close output', 'end']],
    [false, '', false, ['close output', 'destroySoon']],
    [true, '', false, ['close output', 'destroySoon']],
  ] as const) {
    const { calls, socket, deadline } = open();
    socket.cut(endsBody, address, mayHaveMore);
    deepEqual(calls, expected);
    equal(deadline.phase, 'linger');
  }
});

test('cut() resets where the end of the connection would pass for that of the body, when the client has had time to take what was sent', () => {
  const { calls, output, clock, socket } = open();
  socket.pause();
  output.isEmpty = false;
  socket.cut(true, '192.0.2.1', true);
  deepEqual(calls.splice(0), ['pause', 'resume']);
  clock.nowMs = EDGE_LIMITS.cutDrainMs;
  equal(socket.onTick(clock.nowMs, 0, false), false);
  deepEqual(calls, [], 'something waits to be sent');
  output.isEmpty = true;
  clock.nowMs += EDGE_LIMITS.writeStallMs;
  socket.onTick(clock.nowMs, 0, false);
  deepEqual(calls, ['reset']);
});

test('onClientEnd() lets a request that has come whole be answered', () => {
  const { calls, socket } = open();
  equal(socket.onClientEnd(asked(false)), true);
  equal(socket.onClientEnd({ watcher: undefined }), true);
  deepEqual(calls, []);
});

test('onClientEnd() closes at once when the handler drops the request', () => {
  const { calls, socket } = open();
  equal(socket.onClientEnd(asked(true)), false);
  deepEqual(calls, ['destroy']);
});

test('onClientEnd() closes when nothing is asked, or when only the client was waited for', () => {
  const idle = open();
  equal(idle.socket.onClientEnd(undefined), false);
  deepEqual(idle.calls, ['destroySoon']);
  const lingering = open();
  lingering.socket.close(true);
  equal(lingering.socket.onClientEnd(asked(false)), false);
  deepEqual(lingering.calls, ['end', 'destroySoon']);
});

test('onTick() ends an idle connection without a word, when it is due', () => {
  const { calls, socket } = open();
  equal(socket.onTick(IDLE_MS - 1, 0, false), false);
  deepEqual(calls, []);
  equal(socket.onTick(IDLE_MS, 0, false), false);
  deepEqual(calls, ['destroy']);
});

test('onTick() tells of a head or a body that has not come in time', () => {
  for (const [phase, forMs] of [
    ['head', EDGE_LIMITS.headTimeoutMs],
    ['body', EDGE_LIMITS.bodyGraceMs],
  ] as const) {
    const { calls, socket, deadline } = open();
    if (phase === 'head') deadline.enter('head', 0, forMs);
    else deadline.enterBody(0, 0);
    equal(socket.onTick(forMs - 1, 0, false), false);
    equal(socket.onTick(forMs, 0, false), true);
    equal(deadline.phase, phase);
    deepEqual(calls, []);
  }
});

test('onTick() counts no time in which reading is paused, or the body waits for its reader', () => {
  const { socket, deadline } = open();
  const forMs = EDGE_LIMITS.bodyGraceMs;
  deadline.enterBody(0, 0);
  socket.pause();
  equal(socket.onTick(forMs, 0, false), false);
  socket.resume();
  equal(socket.onTick(forMs * 2, 0, true), false);
  equal(socket.onTick(forMs * 2 + EDGE_LIMITS.bodyStallMs - 1, 0, false), false);
  equal(socket.onTick(forMs * 2 + EDGE_LIMITS.bodyStallMs, 0, false), true);
});

test('hasLostClient() turns on the probes of TCP once, when a request is answered', () => {
  const { calls, socket, deadline } = open();
  socket.hasLostClient();
  deepEqual(calls, [], 'nobody waits for it');
  deadline.enterApp();
  socket.hasLostClient();
  deadline.enterBody(0, 0);
  equal(socket.hasLostClient(), false);
  deepEqual(calls, ['probe']);
});

test('a socket that lingers is given up in time, counted from when it was closed', () => {
  const { calls, socket, clock } = open();
  clock.nowMs = 10_000;
  socket.close(true);
  equal(socket.onTick(10_000 + EDGE_LIMITS.lingerMs - 1, 0, false), false);
  deepEqual(calls, ['end']);
  equal(socket.onTick(10_000 + EDGE_LIMITS.lingerMs, 0, false), false);
  deepEqual(calls, ['end', 'destroy']);
});

test('a socket that lingers stays while its client still takes the answer', () => {
  const { calls, raw, output, socket } = open();
  output.isEmpty = false;
  raw.writableLength = 100;
  raw.bytesWritten = 150;
  socket.close(true);
  let nowMs: number = EDGE_LIMITS.lingerMs;
  equal(socket.onTick(nowMs, 0, false), false);
  raw.writableLength = 99;
  nowMs += EDGE_LIMITS.writeStallMs;
  equal(socket.onTick(nowMs, 0, false), false);
  deepEqual(calls, ['end'], 'one byte is progress');
  nowMs += EDGE_LIMITS.writeStallMs;
  equal(socket.onTick(nowMs, 0, false), false);
  deepEqual(calls, ['end', 'destroy']);
});

test('onClose() gives back what was not sent, and waits for nothing more', () => {
  const { calls, socket, deadline } = open();
  socket.onClose();
  deepEqual(calls, ['close output']);
  equal(deadline.phase, 'linger');
});

test('destroy() waits for nothing', () => {
  const { calls, socket } = open();
  socket.destroy();
  deepEqual(calls, ['destroy']);
});

test('what comes while the connection is closing is read no faster than it may, second by second', () => {
  const { calls, socket, deadline, clock } = open();
  socket.close(true);
  calls.length = 0;
  socket.drop(EDGE_LIMITS.lingerBytesPerSecond - 1);
  deepEqual(calls, []);
  socket.drop(1);
  deepEqual(calls, ['pause']);
  clock.nowMs = 1000;
  socket.onTick(1000, 0, false);
  deepEqual(calls, ['pause', 'resume']);
  socket.drop(1);
  socket.onTick(2000, 0, false);
  deepEqual(calls, ['pause', 'resume']);
  equal(deadline.phase, 'linger');
  socket.drop(EDGE_LIMITS.lingerBytesPerSecond);
  socket.onTick(EDGE_LIMITS.lingerMs, 0, false);
  equal(calls.at(-1), 'destroy');
});

const RULES: LingerRules = { lingering: 'on', lingerMs: 10_000, lingerIdleMs: 2000, resetsTimedOut: false };

test('whether what still comes is read is as the rules have it', () => {
  const told = (['off', 'on', 'always'] as const).flatMap((lingering) =>
    [false, true].map((mayHaveMore) => {
      const { calls, socket } = open();
      socket.close(mayHaveMore, { ...RULES, lingering });
      return calls.join();
    }),
  );
  deepEqual(told, ['destroySoon', 'destroySoon', 'destroySoon', 'end', 'end', 'end']);
});

test('lingering ends when nothing comes for a while, and in the end whatever comes', () => {
  const { calls, clock, socket } = open();
  socket.close(true, RULES);
  const tick = (nowMs: number, bytes: number): boolean => {
    clock.nowMs = nowMs;
    socket.drop(bytes);
    socket.onTick(nowMs, 0, false, RULES);
    return calls.includes('destroy');
  };
  deepEqual(
    [1900, 3800, 5700, 7600, 9500, 9900].map((nowMs) => tick(nowMs, 1)),
    Array.from({ length: 6 }, () => false),
  );
  equal(tick(10_000, 1), true);
  const idle = open();
  idle.socket.close(true, RULES);
  idle.socket.onTick(2000, 0, false, RULES);
  deepEqual(idle.calls, ['end', 'destroy']);
});

test('a client that does not take its response is reset where the rules say so, and an idle one is not', () => {
  const rules = { ...RULES, resetsTimedOut: true };
  const slow = open();
  slow.output.isEmpty = false;
  slow.deadline.enterWrite(0, 1000);
  for (const nowMs of [1000, 2000]) slow.socket.onTick(nowMs, 0, false, rules);
  deepEqual(
    slow.calls.filter((call) => call !== 'probe'),
    ['reset'],
  );
  const idle = open();
  idle.deadline.enter('idle', 0, 1000);
  idle.socket.onTick(1000, 0, false, rules);
  deepEqual(idle.calls, ['destroy']);
});
