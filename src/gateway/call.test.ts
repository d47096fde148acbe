import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Exchange } from '../protocol/http/exchange.ts';
import { RELAY_LIMITS } from '../relay/limits.ts';
import { SpoolSpace } from '../relay/spool/spool-space.ts';
import type { Call } from './call.ts';
import { CallServices } from './call-services.ts';
import { parseWorkerHead } from './lanes/response-head.ts';
import { FakeLaneOwner } from './serial/fake-lane-owner.ts';
import type { SerialCall } from './serial/serial-request.ts';
import { newSerialCall } from './serial/serial-request.ts';

const HEAD = parseWorkerHead('200 OK')!;
const HEAD_OF_THREE = parseWorkerHead('200 OK\0Content-Length\x003')!;
const MUCH = Buffer.alloc(RELAY_LIMITS.spoolPendingBytesMax);
const ENDINGS: Record<string, (call: Call) => void> = {
  'its worker has finished': (call) => call.reply.onEnd(),
  'the application has failed': (call) => call.fail(500),
  'its client has gone': (call) => call.onGone(),
};

/** A call on a lane, whose client reads nothing unless `hasRoom`; `told` is what the call did to its surroundings. */
function callOfSlowClient(space: SpoolSpace, hasRoom = false): { call: SerialCall; told: string[] } {
  const told: string[] = [];
  const tell = (word: string) => (): void => {
    told.push(word);
  };
  const responder = {
    watch: () => undefined,
    begin: tell('begin'),
    write: () => hasRoom,
    end: tell('end'),
    cut: tell('cut'),
  };
  const exchange = { method: 'GET', responder, requestId: 'r', target: '/' } as unknown as Exchange;
  const owner = new FakeLaneOwner();
  const services = new CallServices({
    settings: owner.services.settings,
    clock: owner.clock,
    space,
    memory: owner.services.memory,
    firstStream: 0,
    log: tell('log'),
    onBug: tell('bug'),
  });
  const call = newSerialCall(exchange, services, { onDropped: tell('dropped') });
  const { output } = owner.connect().lane;
  call.lane = { output, abort: tell('abandoned'), pause: tell('pause'), resume: tell('resume') };
  return { call, told };
}

for (const [what, end] of Object.entries(ENDINGS)) {
  test(`Call lets go of its lane when ${what} while the spool is full`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-call-'));
    const { call, told } = callOfSlowClient(new SpoolSpace(directory, 's'));
    call.reply.onHead(HEAD, MUCH, 0, 1);
    call.reply.onData(MUCH, 0, MUCH.length, false);
    deepEqual(told, ['begin', 'pause']);
    end(call);
    equal(told[2], 'resume');
    call.onGone();
    equal(told.filter((word) => word === 'resume').length, 1);
    rmSync(directory, { recursive: true });
  });
}

test('Call holds its lane when there is no space, and lets it go when its client has caught up', () => {
  const { call, told } = callOfSlowClient(new SpoolSpace('/nowhere', 's'));
  call.reply.onHead(HEAD, MUCH, 0, 1);
  deepEqual(told, ['begin']);
  call.reply.onData(MUCH, 0, 1, false);
  deepEqual(told, ['begin', 'pause']);
  call.onDrain();
  deepEqual(told, ['begin', 'pause'], 'the client has been given the rest');
  call.onDrain();
  deepEqual(told, ['begin', 'pause', 'resume']);
  call.reply.onData(MUCH, 0, 1, false);
  equal(told[3], undefined, 'a client that has caught up is given what comes');
  call.reply.onData(MUCH, 0, 1, false);
  equal(told[3], 'pause');
  call.reply.onEnd();
  deepEqual(told.slice(4), ['resume'], 'the worker has given all');
  call.onDrain();
  deepEqual(told.slice(4), ['resume', 'end'], 'the client has been given all');
});

const ENDS_OF_A_WHOLE_ONE: Record<string, (call: Call) => void> = {
  'ends its response': (call) => call.reply.onEnd(),
  'fails in the application': (call) => call.fail(500),
  dies: (call) => call.lose({ name: 'w1', pid: 101 }),
  'takes too long': (call) => call.fail(504),
};

for (const [what, end] of Object.entries(ENDS_OF_A_WHOLE_ONE)) {
  test(`Call ends a response as it should when its worker ${what} behind the last byte of its length`, () => {
    for (const head of [HEAD_OF_THREE, parseWorkerHead('200 OK\0Content-Length\x000')!]) {
      const { call, told } = callOfSlowClient(new SpoolSpace('/nowhere', 's'), true);
      call.reply.onHead(head, MUCH, 0, Math.min(head.length, 2));
      call.reply.onData(MUCH, 0, head.length - 2, false);
      deepEqual(told, ['begin']);
      end(call);
      end(call);
      deepEqual(told, ['begin', 'end']);
    }
  });
}

test('Call cuts a response when its worker dies in front of the last byte', () => {
  const { call, told } = callOfSlowClient(new SpoolSpace('/nowhere', 's'), true);
  call.reply.onHead(HEAD_OF_THREE, MUCH, 0, 2);
  call.lose({ name: 'w1', pid: 101 });
  deepEqual(told, ['begin', 'log', 'cut']);
});

test('Call feeds a slow client from the spool when the worker has died behind the last byte', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-call-'));
  const { call, told } = callOfSlowClient(new SpoolSpace(directory, 's'));
  call.reply.onHead(HEAD_OF_THREE, MUCH, 0, 1);
  call.reply.onData(MUCH, 0, 2, false);
  call.lose({ name: 'w1', pid: 101 });
  while (!told.includes('end')) {
    call.onDrain();
    await new Promise((resolve) => setImmediate(resolve));
  }
  deepEqual(told, ['begin', 'end']);
  rmSync(directory, { recursive: true });
});
