import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { BorrowedBody, Responder } from '../../protocol/http/exchange.ts';
import { FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import { MemoryBudget } from '../../relay/memory-budget.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { CreditFlow } from './credit-flow.ts';

const { wideCreditBytes, wideFrameBytes, wideCreditBytesMin, creditBytesMin } = GATEWAY_LIMITS;
const COST = FRAME_LIMITS.pieceCostBytes;

interface Scene {
  readonly flow: CreditFlow;
  readonly client: { hasRoom: boolean; hasCaughtUp: boolean };
  readonly memory: MemoryBudget;
  readonly granted: number[];
}

function open(memory: MemoryBudget = new MemoryBudget()): Scene {
  const client = { hasRoom: true, hasCaughtUp: true };
  const responder = {
    write: () => client.hasRoom,
    get hasCaughtUp() {
      return client.hasCaughtUp;
    },
  } as unknown as Responder;
  const granted: number[] = [];
  return { flow: new CreditFlow({ responder }, memory, (bytes) => granted.push(bytes)), client, memory, granted };
}

function bytes(length: number): BorrowedBody {
  return { kind: 'borrowed', buffer: Buffer.alloc(length), start: 0, length };
}

test('CreditFlow writes to the responder of the exchange as it is then: a filter may have come in front of it after early hints', () => {
  const before = { hasCaughtUp: true, write: () => false } as unknown as Responder;
  const exchange = { responder: before };
  const granted: number[] = [];
  const flow = new CreditFlow(exchange, new MemoryBudget(), (bytes) => granted.push(bytes));
  flow.charge(creditBytesMin, true);
  exchange.responder = { ...before, write: () => true };
  flow.write(bytes(creditBytesMin), false);
  equal(granted.length, 2);
});

test('CreditFlow gives a large response whose client takes all at once more credit, once, and counts it until the end', () => {
  const { flow, memory, granted } = open();
  flow.write(bytes(wideFrameBytes - 1), false);
  deepEqual(granted, [wideFrameBytes - 1 + COST]);
  flow.write(bytes(1), true);
  deepEqual(granted.slice(1), [wideCreditBytes + 1]);
  equal(memory.usedBytes, wideCreditBytes);
  for (let at = 0; at < wideCreditBytesMin; at += creditBytesMin) flow.write(bytes(creditBytesMin), at > 0);
  deepEqual(granted.slice(2), [wideCreditBytesMin + COST], 'in larger pieces');
  flow.end();
  equal(memory.usedBytes, 0);
});

const REASONS: Record<string, (scene: Scene) => void> = {
  'streams in small pieces': ({ flow }) => {
    for (let sent = 0; sent < 4 * wideFrameBytes; sent += creditBytesMin) flow.write(bytes(creditBytesMin), false);
  },
  'has a client that is behind': ({ flow, client }) => {
    client.hasCaughtUp = false;
    flow.write(bytes(2 * wideFrameBytes), false);
  },
  'comes when half of the memory is used': ({ flow, memory }) => {
    memory.add(wideCreditBytes / 64);
    flow.write(bytes(2 * wideFrameBytes), false);
    memory.add(-wideCreditBytes / 64);
  },
};

for (const [what, send] of Object.entries(REASONS)) {
  test(`CreditFlow gives a response no more credit than others have when it ${what}`, () => {
    const scene = open(new MemoryBudget(new Int32Array(1), 2 * wideCreditBytes));
    send(scene);
    equal(
      scene.granted.every((bytes) => bytes < wideCreditBytes),
      true,
    );
    equal(scene.memory.usedBytes, 0);
  });
}

test('CreditFlow gives the memory back when the client leaves', () => {
  const { flow, memory, granted } = open();
  flow.write(bytes(wideFrameBytes), false);
  equal(memory.usedBytes, wideCreditBytes);
  flow.close();
  equal(memory.usedBytes, 0);
  flow.onDrain();
  equal(granted.length, 1);
});
