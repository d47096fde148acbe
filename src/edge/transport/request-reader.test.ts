import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { BodySink } from '../../protocol/http/exchange.ts';
import { FieldMemo } from '../../protocol/http1/field-memo.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { Deadline } from './deadline.ts';
import type { LingeringSocket } from './lingering-socket.ts';
import { RequestReader } from './request-reader.ts';

/** A reader whose requests are answered when the test says so, and whose body is taken as fast as it says. */
class Scene {
  readonly told: string[] = [];
  readonly socket: { isPaused: boolean; dropped: number; pause(): void; resume(): void; drop(bytes: number): void } = {
    isPaused: false,
    dropped: 0,
    drop(bytes) {
      this.dropped += bytes;
    },
    pause() {
      this.isPaused = true;
    },
    resume() {
      this.isPaused = false;
    },
  };
  readonly deadline: Deadline = new Deadline(0, 1000);
  readonly reader: RequestReader;
  takes = true;
  taken = 0;

  constructor() {
    this.reader = new RequestReader(
      { memo: new FieldMemo() },
      this.socket as unknown as LingeringSocket,
      this.deadline,
      {
        onHead: (head) => void this.told.push(head.path),
        onBodyRead: () => undefined,
        onFault: (fault) => void this.told.push(fault.code),
      },
    );
  }

  get sink(): BodySink {
    return {
      data: (bytes) => {
        this.taken += bytes.length;
        return this.takes;
      },
      end: () => this.told.push('end'),
      fail: () => this.told.push('fail'),
    };
  }

  feed(text: string): void {
    this.reader.feed(Buffer.from(text), text.length);
  }

  answer(): void {
    this.reader.proceed();
    this.socket.resume();
    this.reader.process();
  }

  /** So much as comes until reading pauses, 1,000 bytes at a time. */
  fill(): number {
    let bytes = 0;
    for (; !this.socket.isPaused; bytes += 1000) this.feed('x'.repeat(1000));
    return bytes;
  }
}

const ask = (path: string, length = 0): string =>
  `GET ${path} HTTP/1.1\r\nHost: a\r\n${length === 0 ? '' : `Content-Length: ${length}\r\n`}\r\n`;

test('RequestReader reads on behind a request, and pauses when a small buffer is full', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a')}G`);
  equal(scene.socket.isPaused, false, 'an end would be seen');
  scene.feed(ask('/b').slice(1));
  deepEqual(scene.told, ['/a']);
  equal(scene.reader.mayHaveMore, true);
  const bytes = scene.fill();
  equal(bytes + ask('/b').length >= EDGE_LIMITS.readAheadBytes, true);
  equal(bytes < EDGE_LIMITS.readAheadBytes + 1000, true);
  scene.answer();
  deepEqual(scene.told, ['/a', '/b']);
});

test('RequestReader reads a body ahead of a reader that asks late, or is slow', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a', 100_000)}x`);
  equal(scene.reader.isWaiting, true);
  const ahead = scene.fill();
  equal(ahead < EDGE_LIMITS.readAheadBytes + 1000, true);
  scene.takes = false;
  scene.reader.readBody(scene.sink);
  scene.socket.resume();
  scene.reader.process();
  equal(scene.taken, ahead + 1);
  equal(scene.reader.isWaiting, true);
  equal(scene.socket.isPaused, true, 'the reader may take more in a moment');
  equal(scene.reader.onTick(1000), false);
  const more = scene.fill();
  equal(more > EDGE_LIMITS.readAheadBytes - 1000, true, 'an end would be seen');
  equal(more < EDGE_LIMITS.readAheadBytes + 1000, true);
  equal(scene.reader.onTick(2000), false);
  equal(scene.socket.isPaused, true);
  equal(scene.taken, ahead + 1);
  scene.takes = true;
  scene.reader.resumeBody();
  scene.socket.resume();
  scene.reader.process();
  equal(scene.taken, ahead + 1 + more);
  equal(scene.reader.isWaiting, false);
  scene.feed('x'.repeat(100_000 - scene.taken));
  deepEqual(scene.told, ['/a', 'end']);
});

test('RequestReader copies nothing of a body for a reader that takes more within a second', () => {
  const scene = new Scene();
  scene.takes = false;
  scene.feed(ask('/a', 100_000));
  scene.reader.readBody(scene.sink);
  for (let bytes = 10_000; bytes <= 90_000; bytes += 10_000) {
    scene.feed('x'.repeat(10_000));
    equal(scene.taken, bytes);
    equal(scene.socket.isPaused, true);
    scene.reader.resumeBody();
    scene.socket.resume();
    scene.reader.process();
    equal(scene.reader.bufferedBytes, 0);
  }
  scene.reader.onTick(1000);
  equal(scene.socket.isPaused, false);
});

test('RequestReader knows whether what was read ahead holds the end of the body', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a', 10)}xxxxx`);
  equal(scene.reader.holdsBodyEnd, false);
  scene.feed('xxxxx');
  equal(scene.reader.holdsBodyEnd, true);
});

test('RequestReader gives up requests that fill the buffer behind one that takes long, and drops what follows', () => {
  const scene = new Scene();
  scene.feed(ask('/a') + ask('/b'));
  scene.fill();
  let nowMs = 0;
  for (; nowMs < EDGE_LIMITS.readAheadMs; nowMs += 1000) equal(scene.reader.onTick(nowMs), false);
  equal(scene.reader.onTick(nowMs), true);
  equal(scene.socket.isPaused, false);
  scene.feed('x'.repeat(50_000));
  equal(scene.socket.dropped, 50_000);
  scene.socket.pause();
  equal(scene.reader.onTick(nowMs + EDGE_LIMITS.readAheadMs), false);
  equal(scene.reader.mayHaveMore, true);
  scene.answer();
  deepEqual(scene.told, ['/a'], 'nothing that was dropped is taken for a request');
});

test('RequestReader gives no request up because those before it were answered one by one', () => {
  const scene = new Scene();
  scene.feed(
    Array.from({ length: 20 }, (_, index) => `${ask(`/${index}`).slice(0, -2)}X: ${'x'.repeat(4000)}\r\n\r\n`).join(''),
  );
  for (let index = 0; index < 20; index += 1) {
    equal(scene.reader.onTick(index * (EDGE_LIMITS.readAheadMs - 1000)), false);
    scene.answer();
  }
  equal(scene.told.length, 20);
});

test('RequestReader drops nothing of a body whose reader takes long', () => {
  const scene = new Scene();
  scene.feed(ask('/a', 1_000_000));
  scene.fill();
  for (let nowMs = 0; nowMs < 100_000; nowMs += 1000) equal(scene.reader.onTick(nowMs), false);
  equal(scene.socket.isPaused, true);
});

test('RequestReader fails or drops a body once', () => {
  const scene = new Scene();
  scene.feed(ask('/a', 10));
  scene.reader.readBody(scene.sink);
  equal(scene.reader.hasSink, true);
  scene.reader.failBody('left');
  scene.reader.failBody('left');
  deepEqual(scene.told, ['/a', 'fail']);
  scene.reader.readBody(scene.sink);
  scene.reader.dropBody();
  scene.reader.failBody('left');
  deepEqual(scene.told, ['/a', 'fail']);
});

test('RequestReader wants more as long as what comes is taken, and says so', () => {
  const scene = new Scene();
  equal(scene.reader.wantsMore, true);
  scene.feed('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n');
  equal(scene.reader.wantsMore, false, 'nobody reads the body yet');
  scene.reader.readBody(scene.sink);
  scene.feed('123');
  equal(scene.reader.wantsMore, true);
  scene.takes = false;
  scene.feed('456');
  equal(scene.reader.wantsMore, false, 'the reader of the body is to be waited for');
  scene.takes = true;
  scene.reader.resumeBody();
  scene.feed('7890');
  equal(scene.reader.wantsMore, true);
  scene.feed('GET /later HTTP/1.1\r\n');
  equal(scene.reader.wantsMore, false, 'a request is being answered');
});

test('a body that nobody reads and that is all here is read over, so that the next request follows', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a', 3)}abc${ask('/b')}`);
  scene.reader.passOver();
  equal(scene.reader.isBodyOpen, false);
  scene.answer();
  scene.reader.process();
  deepEqual(scene.told, ['/a', '/b']);
});

test('of a body that nobody reads a little may be missing, which is dropped as it comes', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a', 3)}a`);
  scene.reader.passOver();
  deepEqual([scene.reader.isBodyOpen, scene.reader.mayGoOn], [true, true]);
  scene.feed('bc');
  deepEqual([scene.reader.isBodyOpen, scene.told], [false, ['/a']]);
});

test('behind a body that nobody reads and whose end is far, or not known, or not sent before it is asked for, nothing follows', () => {
  for (const fields of [
    'Content-Length: 99999',
    'Transfer-Encoding: chunked',
    'Content-Length: 3\r\nExpect: 100-continue',
  ]) {
    const scene = new Scene();
    scene.feed(`POST /a HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`);
    scene.reader.passOver();
    deepEqual([scene.reader.isBodyOpen, scene.reader.mayGoOn], [true, false], fields);
  }
});

test('what is wrong with a body that nobody reads is told of before the answer', () => {
  const scene = new Scene();
  scene.feed('POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n');
  scene.reader.passOver();
  deepEqual(scene.told, ['/a', 'http1.bad-chunk-size']);
});

test('a body that somebody reads is not taken from it', () => {
  const scene = new Scene();
  scene.feed(`${ask('/a', 3)}abc`);
  scene.reader.readBody(scene.sink);
  scene.reader.passOver();
  equal(scene.reader.isPassedOver, false);
  scene.reader.process();
  equal(scene.taken, 3);
});
