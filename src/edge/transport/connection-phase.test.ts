import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { ConnectionPhase } from './connection-phase.ts';
import { Deadline } from './deadline.ts';
import type { Output } from './output.ts';
import type { RequestReader } from './request-reader.ts';
import { USUAL_RULES } from './transport-rules.ts';

function open() {
  const clock = { nowMs: 0 };
  const deadline = new Deadline(0, EDGE_LIMITS.firstByteMs);
  const output = { isEmpty: true };
  const requests = { isInHead: false, isBodyOpen: false, hasSink: false, bodyBytes: 0 };
  const phase = new ConnectionPhase(deadline, output as unknown as Output, requests as unknown as RequestReader, {
    table: clock,
    rules: USUAL_RULES,
  });
  return { clock, deadline, output, requests, phase };
}

test('ConnectionPhase gives a head that begins its own time, and no second one', () => {
  const { clock, deadline, requests, phase } = open();
  phase.noteHead();
  equal(phase.now, 'idle');
  requests.isInHead = true;
  phase.noteHead();
  equal(phase.now, 'head');
  clock.nowMs = EDGE_LIMITS.headTimeoutMs;
  phase.noteHead();
  equal(deadline.isDue(clock.nowMs), true);
});

test('ConnectionPhase keeps a connection for no less than it is told, though its clock is a second old', () => {
  const { deadline, phase } = open();
  phase.awaitNext(1000);
  equal(deadline.isDue(1000 + EDGE_LIMITS.tickMs - 1), false);
  equal(deadline.isDue(1000 + EDGE_LIMITS.tickMs), true);
});

test('ConnectionPhase waits for a body again when a response has been taken that was in its way', () => {
  const { requests, phase } = open();
  phase.awaitHandler();
  requests.isBodyOpen = true;
  requests.hasSink = true;
  phase.awaitBody();
  phase.awaitClient();
  equal(phase.now, 'write');
  phase.noteDrain();
  equal(phase.now, 'body');
  phase.noteBodyEnd();
  equal(phase.now, 'app');
  phase.noteDrain();
  equal(phase.now, 'app');
});

test('ConnectionPhase waits for the handler where nobody reads the body', () => {
  const { requests, phase } = open();
  requests.isBodyOpen = true;
  phase.awaitHandler();
  phase.awaitClient();
  phase.noteDrain();
  equal(phase.now, 'app');
  phase.awaitClient();
  phase.noteBodyEnd();
  equal(phase.now, 'write', 'a client that is behind stays so');
});

test('ConnectionPhase holds a client to a deadline that takes too little for the output to be full', () => {
  const { clock, deadline, output, phase } = open();
  phase.awaitHandler();
  phase.onTick();
  equal(phase.now, 'app');
  output.isEmpty = false;
  phase.onTick();
  equal(phase.now, 'write');
  clock.nowMs = EDGE_LIMITS.writeStallMs - 1;
  phase.onTick();
  equal(deadline.isDue(EDGE_LIMITS.writeStallMs), true, 'a tick is no progress');
  output.isEmpty = true;
  phase.onTick();
  equal(phase.now, 'app');
});
