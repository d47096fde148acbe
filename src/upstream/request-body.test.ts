import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodyTaker } from './request-body.ts';
import { BodyInMemory, StreamedBody } from './request-body.ts';

class Taker implements BodyTaker {
  readonly told: string[] = [];
  hasRoom = true;

  take(bytes: Buffer): boolean {
    this.told.push(bytes.length > 100 ? String(bytes.length) : String(bytes));
    return this.hasRoom;
  }
  finish(last?: Buffer): void {
    this.told.push(`end ${last === undefined ? '' : String(last)}`.trim());
  }
  fail(by: string): void {
    this.told.push(`lost by ${by}`);
  }
}

const turnOver = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function stream(): { body: StreamedBody; taker: Taker; resumes: () => number } {
  let resumes = 0;
  const source = {
    bodyLength: undefined,
    readBody: () => undefined,
    resumeBody: () => {
      resumes += 1;
    },
  };
  const body = new StreamedBody(source);
  const taker = new Taker();
  body.start(taker);
  return { body, taker, resumes: () => resumes };
}

test('a body in memory waits for its taker, and can be given again', () => {
  const body = new BodyInMemory([Buffer.alloc(70_000), Buffer.from('end')]);
  equal(body.length, 70_003);
  const taker = new Taker();
  taker.hasRoom = false;
  body.start(taker);
  deepEqual(taker.told, ['65536']);
  taker.hasRoom = true;
  body.resume();
  deepEqual(taker.told, ['65536', '4464', 'end', 'end']);
  const again = new Taker();
  body.start(again);
  deepEqual(again.told, taker.told);
});

test('a long body in memory leaves at once, as far as its taker has room', () => {
  const body = new BodyInMemory([Buffer.alloc(70_000), Buffer.alloc(0), Buffer.alloc(2_000_000), Buffer.from('end')]);
  const rooms = [1_048_576, 500_000, 0];
  class Eager extends Taker {
    takeAtOnce(pieces: readonly Buffer[], length: number): number {
      const sum = pieces.reduce((bytes, piece) => bytes + piece.length, 0);
      const taken = Math.min(rooms.shift() ?? 0, length);
      this.told.push(`${sum === length ? taken : Number.NaN} of ${length}`);
      return taken;
    }
  }
  const taker = new Eager();
  taker.hasRoom = false;
  body.start(taker);
  // The rest of a piece that was taken in part goes on where it was left.
  deepEqual(taker.told, ['1048576 of 1048576', '500000 of 1021427', '65536']);
  rooms.splice(0, Infinity, 1_000_000);
  taker.told.length = 0;
  body.resume();
  deepEqual(taker.told, ['455891 of 455891', 'end']);
  const short = new Eager();
  new BodyInMemory([Buffer.from('short')]).start(short);
  deepEqual(short.told, ['short', 'end']);
});

test('a piece of a stream and the end that comes with it are one', async () => {
  const { body, taker } = stream();
  equal(body.data(Buffer.from('first')), true);
  deepEqual(taker.told, []);
  await turnOver();
  deepEqual(taker.told, ['first']);
  body.data(Buffer.from('second'));
  body.data(Buffer.from('last'));
  body.end();
  deepEqual(taker.told, ['first', 'second', 'end last']);
  await turnOver();
  equal(taker.told.length, 3);
});

test('what has come of a stream when it starts is given at once: the head of the request leaves with it', () => {
  const taker = new Taker();
  const body: StreamedBody = new StreamedBody({
    bodyLength: 9,
    readBody: () => void body.data(Buffer.from('with it')),
    resumeBody: () => undefined,
  });
  body.start(taker);
  deepEqual(taker.told, ['with it']);
});

test('a stream waits while its taker has no room, also for what was passed on behind its turn', async () => {
  const { body, taker, resumes } = stream();
  taker.hasRoom = false;
  equal(body.data(Buffer.from('a')), true);
  await turnOver();
  equal(body.data(Buffer.from('b')), false);
  body.resume();
  equal(resumes(), 1);
  taker.hasRoom = true;
  await turnOver();
  equal(body.data(Buffer.alloc(5000)), true);
  deepEqual(taker.told, ['a', 'b', '5000']);
});

test('a stream whose client is lost says so, and one that is not wanted any more says nothing', async () => {
  const lost = stream();
  lost.body.data(Buffer.from('a'));
  lost.body.fail('left');
  const unwanted = stream();
  unwanted.body.data(Buffer.from('a'));
  unwanted.body.stop();
  unwanted.body.end();
  await turnOver();
  deepEqual([lost.taker.told, unwanted.taker.told], [['lost by left'], []]);
});
