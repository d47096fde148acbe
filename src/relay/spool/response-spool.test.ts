import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import type { BorrowedBody, Responder } from '../../protocol/http/exchange.ts';
import { SpoolFlow } from '../spool-flow.ts';
import type { SpoolBounds } from './response-spool.ts';
import { SpoolSpace } from './spool-space.ts';

const PIECE_BYTES = 65_536;

function makeFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'portico-spool-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function pieceOf(filler: number): BorrowedBody {
  return { kind: 'borrowed', buffer: Buffer.alloc(PIECE_BYTES, filler), start: 0, length: PIECE_BYTES };
}

/** A worker sends so many pieces as fast as it is let, to a client that takes so many writes in a turn of the event loop. */
async function send(
  space: SpoolSpace,
  pieces: number,
  writesInTurn = 1,
  bounds?: SpoolBounds,
): Promise<{ isWhole: boolean; heldAt: number; told: string[] }> {
  const told: string[] = [];
  const received: Buffer[] = [];
  let isHeld = false;
  let isBehind = false;
  let heldAt = -1;
  let isOver = false;
  const responder = {
    write: (bytes: Buffer | BorrowedBody) => {
      received.push(Buffer.from(Buffer.isBuffer(bytes) ? bytes : bytes.buffer));
      isBehind = received.length % writesInTurn === 0;
      return !isBehind;
    },
    end: () => {
      isOver = true;
    },
  } as unknown as Responder;
  const source = {
    pause: () => {
      isHeld = true;
    },
    resume: () => {
      isHeld = false;
    },
  };
  space.noteStuck = (error) => told.push(error.message);
  const flow = new SpoolFlow({ responder }, space, source, (error) => told.push(`error ${error.message}`), bounds);
  let sent = 0;
  let isEnded = false;
  while (!isOver) {
    for (; sent < pieces && !isHeld; sent += 1) flow.write(pieceOf(sent));
    if (isHeld && heldAt === -1) heldAt = sent;
    if (sent === pieces && !isHeld && !isEnded) {
      isEnded = true;
      if (flow.end()) break;
    }
    await new Promise(setImmediate);
    if (isBehind) {
      isBehind = false;
      flow.onDrain();
    }
  }
  flow.close();
  const expected = Buffer.concat(Array.from({ length: pieces }, (_, index) => Buffer.alloc(PIECE_BYTES, index)));
  return { isWhole: Buffer.concat(received).equals(expected), heldAt, told };
}

test('SpoolFlow writes to the responder of the exchange as it is then: a filter may have come in front of it after early hints', () => {
  const told: string[] = [];
  const responderOf = (name: string) => ({ write: () => told.push(name) > 0 }) as unknown as Responder;
  const exchange = { responder: responderOf('before') };
  const flow = new SpoolFlow(exchange, new SpoolSpace('/nowhere', 's'), undefined, () => undefined);
  flow.charge();
  exchange.responder = responderOf('behind');
  flow.write(pieceOf(1));
  deepEqual(told, ['behind']);
});

test('SpoolFlow keeps a response for a slow client, and its worker is free', async (t) => {
  const folder = makeFolder(t);
  const space = new SpoolSpace(folder, 's');
  const { isWhole, told } = await send(space, 40);
  equal(isWhole, true);
  deepEqual(told, []);
  equal(space.usedBytes, 0);
});

test('SpoolFlow makes a worker wait for its client where there is no space, and nothing is lost', async (t) => {
  const folder = makeFolder(t);
  const space = new SpoolSpace(folder, 's', { bytesMax: 5 * PIECE_BYTES });
  const { isWhole, heldAt, told } = await send(space, 100);
  equal(isWhole, true);
  ok(heldAt > 5 && heldAt < 10, `held at ${heldAt}`);
  ok(told.length > 1);
  ok(told.every((text) => text.startsWith('ENOSPC: the spool files hold')));
  equal(space.usedBytes, 0);
});

for (const bytesMax of [1, PIECE_BYTES]) {
  for (const writesInTurn of [2, 3, 5]) {
    const name = `SpoolFlow gives all to a client that takes ${writesInTurn} writes at a time, where there is space for ${bytesMax} bytes`;
    test(name, { timeout: 20_000 }, async (t) => {
      const space = new SpoolSpace(makeFolder(t), 's', { bytesMax });
      equal((await send(space, 200, writesInTurn)).isWhole, true);
      equal(space.usedBytes, 0);
    });
  }
}

test('SpoolFlow makes a worker wait for its client where there can be no file', async (t) => {
  const space = new SpoolSpace(join(makeFolder(t), 'missing'), 's');
  const { isWhole, heldAt, told } = await send(space, 20);
  equal(isWhole, true);
  equal(heldAt, 2);
  ok(told.length > 2 && told.every((text) => text.startsWith('ENOENT')));
});

test('SpoolFlow writes and reads files whose descriptors are closed in between', async (t) => {
  const folder = makeFolder(t);
  const space = new SpoolSpace(folder, 's', { descriptorsMax: 2 });
  const open = (): number => readdirSync('/proc/self/fd').length;
  const before = open();
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, open() - before);
  }, 1);
  const ends = await Promise.all(Array.from({ length: 30 }, () => send(space, 40)));
  clearInterval(timer);
  equal(
    ends.every(({ isWhole }) => isWhole),
    true,
  );
  ok(most < 8, `${most} descriptors`);
  equal(space.usedBytes, 0);
});

test('SpoolFlow makes a server wait for its client where the file may not be longer, or the disk is slow, and nothing is lost', async (t) => {
  const folder = makeFolder(t);
  for (const bounds of [
    { pendingBytesMax: 1_048_576, fileBytesMax: 3 * PIECE_BYTES },
    { pendingBytesMax: 2 * PIECE_BYTES, fileBytesMax: 1_073_741_824 },
  ]) {
    const { isWhole, heldAt } = await send(new SpoolSpace(folder, 's'), 60, 1, bounds);
    equal(isWhole, true);
    ok(heldAt >= 2 && heldAt < 60, `held at ${heldAt}`);
  }
});

/** A disk that takes its time: nothing is written as long as it is asked. */
class IdleDisk extends SpoolSpace {
  override admit(): boolean {
    return false;
  }
}

/** Writes pieces of one letter each to a client that has room for so many at a time. */
function newReader(space: SpoolSpace): {
  readonly flow: SpoolFlow;
  readonly received: () => string;
  readonly held: () => boolean;
  readonly write: (letters: string) => void;
} {
  let received = '';
  let room = 0;
  let isHeld = false;
  const responder = {
    write: (bytes: Buffer | BorrowedBody) => {
      const piece = Buffer.isBuffer(bytes) ? bytes : bytes.buffer.subarray(bytes.start, bytes.start + bytes.length);
      received += piece.latin1Slice();
      room -= 1;
      return room > 0;
    },
    end: () => {
      received += '.';
    },
  } as unknown as Responder;
  const source = {
    pause: () => {
      isHeld = true;
    },
    resume: () => {
      isHeld = false;
    },
  };
  const flow = new SpoolFlow({ responder }, space, source, () => undefined, {
    pendingBytesMax: 4,
    fileBytesMax: 1_000_000,
  });
  const drain = flow.onDrain.bind(flow);
  flow.onDrain = () => {
    room = 3;
    drain();
  };
  return {
    flow,
    received: () => received,
    held: () => isHeld,
    write: (letters) => {
      for (const letter of letters) {
        flow.write({ kind: 'borrowed', buffer: Buffer.from(letter), start: 0, length: 1 });
      }
    },
  };
}

test('SpoolFlow does not let a client that has caught up wait for the disk', (t) => {
  const space = new IdleDisk(makeFolder(t), 's');
  const { flow, received, held, write } = newReader(space);
  write('abcdefg');
  equal(received(), 'a');
  equal(held(), true, 'the client is behind, and so is the disk');
  flow.onDrain();
  equal(received(), 'abcdefg');
  equal(held(), false);
  write('hi');
  equal(received(), 'abcdefghi', 'what follows goes to the client at once');
  write('jkl');
  equal(received(), 'abcdefghi', 'until that is behind again');
  equal(flow.end(), false);
  flow.onDrain();
  equal(received(), 'abcdefghijkl.');
  equal(space.usedBytes, 0);
});

test('SpoolFlow sends from memory what is being written when its client has caught up, and keeps the order behind it', async (t) => {
  const space = new SpoolSpace(makeFolder(t), 's');
  const { flow, received, write } = newReader(space);
  write('abc');
  flow.onDrain(); // The write of "bc" has begun, and cannot have ended.
  equal(received(), 'abc');
  write('d');
  write('efg');
  equal(received(), 'abcde');
  write('hij');
  equal(flow.end(), false);
  while (!received().endsWith('.')) {
    flow.onDrain();
    await new Promise(setImmediate);
  }
  equal(received(), 'abcdefghij.');
  equal(space.usedBytes, 0);
});
