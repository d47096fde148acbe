import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Exchange } from '../protocol/http/exchange.ts';
import { Call } from './call.ts';
import { GATEWAY_LIMITS } from './limits.ts';
import { parseWorkerHead } from './response-head.ts';
import { SpoolBudget } from './spool-file.ts';

const HEAD = parseWorkerHead('200 OK')!;
const HEAD_OF_THREE = parseWorkerHead('200 OK\0Content-Length\x003')!;
const MUCH = Buffer.alloc(GATEWAY_LIMITS.spoolPendingBytesMax);
const ENDINGS: Record<string, (call: Call) => void> = {
  'its worker has finished': (call) => call.onEnd(),
  'the application has failed': (call) => call.fail(500),
  'its client has gone': (call) => call.onGone(),
};

/** A call on a lane, whose client reads nothing unless `hasRoom`; `told` is what it did to its surroundings. */
function callOfSlowClient(budget: SpoolBudget, hasRoom = false): { call: Call; told: string[] } {
  const told: string[] = [];
  const tell = (word: string) => (): void => {
    told.push(word);
  };
  const responder = { begin: tell('begin'), write: () => hasRoom, end: tell('end'), cut: tell('cut') };
  const exchange = { method: 'GET', responder, requestId: 'r', target: '/' } as unknown as Exchange;
  const onAbandoned = tell('abandoned');
  const call = new Call(exchange, {
    budget,
    monotonicMs: () => 0,
    onAbandoned,
    onDropped: tell('dropped'),
    log: tell('log'),
  });
  call.lane = { isLost: false, unit: 0, worker: 1, pause: tell('pause'), resume: tell('resume') };
  return { call, told };
}

for (const [what, end] of Object.entries(ENDINGS)) {
  test(`Call lets go of its lane when ${what} while the spool is full`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-call-'));
    const { call, told } = callOfSlowClient(new SpoolBudget(directory, 's'));
    call.onResponse(HEAD, MUCH, 0, 1);
    call.onData(MUCH, 0, MUCH.length);
    deepEqual(told, ['begin', 'pause']);
    end(call);
    equal(told[2], 'resume');
    call.onGone();
    equal(told.filter((word) => word === 'resume').length, 1);
    rmSync(directory, { recursive: true });
  });
}

test('Call does not hold its lane for a spool that may not grow', () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-call-'));
  const budget = new SpoolBudget(directory, 's');
  const { call, told } = callOfSlowClient(budget);
  budget.bytes = GATEWAY_LIMITS.spoolBytesMax;
  call.onResponse(HEAD, MUCH, 0, 1);
  call.onData(MUCH, 0, MUCH.length);
  deepEqual(told, ['begin', 'log', 'cut']);
  equal(budget.bytes, GATEWAY_LIMITS.spoolBytesMax);
  rmSync(directory, { recursive: true });
});

const AFTERWARDS: Record<string, (call: Call) => void> = {
  'the end of the response': (call) => call.onEnd(),
  'a failure of the application': (call) => call.fail(500),
  'the death of its worker': (call) => call.fail(502),
  'more bytes': (call) => call.onData(MUCH, 0, 1),
};

for (const [what, follow] of Object.entries(AFTERWARDS)) {
  test(`Call ends a response with the last byte of its length: ${what} changes nothing`, () => {
    const { call, told } = callOfSlowClient(new SpoolBudget('/nowhere', 's'), true);
    call.onResponse(HEAD_OF_THREE, MUCH, 0, 2);
    deepEqual([told, call.isAnswered], [['begin'], false]);
    call.onData(MUCH, 0, 1);
    deepEqual([told, call.isAnswered], [['begin', 'end'], true]);
    follow(call);
    deepEqual(told, ['begin', 'end']);
  });
}

test('Call ends an empty response with its head', () => {
  const { call, told } = callOfSlowClient(new SpoolBudget('/nowhere', 's'), true);
  call.onResponse(parseWorkerHead('200 OK\0Content-Length\x000')!, MUCH, 0, 0);
  deepEqual(told, ['begin', 'end']);
});

test('Call feeds a slow client from the spool when the worker has died behind the last byte', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-call-'));
  const { call, told } = callOfSlowClient(new SpoolBudget(directory, 's'));
  call.onResponse(HEAD_OF_THREE, MUCH, 0, 1);
  call.onData(MUCH, 0, 2);
  equal(call.isAnswered, true);
  call.fail(502);
  while (!told.includes('end')) {
    call.onDrain();
    await new Promise((resolve) => setImmediate(resolve));
  }
  deepEqual(told, ['begin', 'end']);
  rmSync(directory, { recursive: true });
});
