// Bodies and responses as they stream, by credit.

import { deepEqual, equal, match } from 'node:assert/strict';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FRAME, FRAME_LIMITS, REQUEST_FLAG } from '../../protocol/lanes/frames.ts';
import type { FakeRequest } from '../../relay/fake-exchange.ts';
import { responseFrame } from '../fake-worker.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import type { SlowExchange } from './concurrent-story.ts';
import { ConcurrentStory } from './concurrent-story.ts';
import type { FakeConcurrentWorker } from './fake-concurrent-worker.ts';

const { creditBytes, pieceCostBytes } = FRAME_LIMITS;
const MUCH = Buffer.alloc(creditBytes, 'much');
const UPLOAD = { method: 'POST', isChunked: true } as const;

interface Scene {
  readonly story: ConcurrentStory;
  readonly worker: FakeConcurrentWorker;
  readonly exchange: SlowExchange;
}

/** A request that is on its lane. */
function open(t: TestContext, request: FakeRequest = {}, bodyBytesMax = 10_000_000): Scene {
  const story = new ConcurrentStory(t, { bodyBytesMax });
  const worker = story.connect(1);
  const exchange = story.ask('a', request);
  deepEqual(story.arrivals(worker).slice(0, 1), ['request a']);
  return { story, worker, exchange };
}

test('StreamedRequest sends a body as it comes, and says so in the flags', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD);
  equal(worker.requests.get('a')?.flags, REQUEST_FLAG.body | REQUEST_FLAG.more);
  for (const part of ['one', 'two']) {
    equal(exchange.sink?.data(Buffer.from(part)), true);
    deepEqual(story.arrivals(worker), [`body a ${part}`]);
  }
  exchange.sink?.end();
  deepEqual(story.arrivals(worker), ['end a']);
});

for (const size of [1, 10_000, 32_768, 32_769, 65_536]) {
  test(`StreamedRequest says with the last of ${size} bytes of a body of known length that it is the last`, (t) => {
    const { story, worker, exchange } = open(t, { method: 'POST', bodyLength: 5 + size });
    const last = Buffer.alloc(size, 'z');
    exchange.sink?.data(Buffer.from('first'));
    exchange.sink?.data(last);
    exchange.sink?.end();
    deepEqual(story.arrivals(worker), ['body a first', `end a ${size > 100 ? size : String(last)}`]);
  });
}

test('StreamedRequest lets the end of a body be read when its last part was sent, whatever is left of the credit', (t) => {
  const { story, worker, exchange } = open(t, { method: 'POST', bodyLength: creditBytes });
  equal(exchange.sink?.data(Buffer.alloc(creditBytes)), true);
  exchange.sink?.end();
  deepEqual(story.arrivals(worker), [`end a ${creditBytes}`]);
});

test('StreamedRequest holds what came without credit, and sends it with the end when there is some', (t) => {
  const { story, worker, exchange } = open(t, { method: 'POST', bodyLength: creditBytes + 40_000 });
  exchange.sink?.data(Buffer.alloc(creditBytes, 'x'));
  equal(exchange.sink?.data(Buffer.alloc(40_000, 'y')), false);
  equal(story.arrivals(worker).length, 1);
  worker.grant('a', 100);
  deepEqual(story.arrivals(worker), ['end a 40000']);
  equal(exchange.resumes, 1);
});

test('StreamedRequest keeps many small pieces in few blocks, for as long as another worker may need them', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD);
  for (let count = 0; count < 3000; count += 1) exchange.sink?.data(Buffer.from('x'));
  equal(story.arrivals(worker).length, 3000);
  equal(story.gateway.services.blocks.freeBytes, 0);
  worker.grant('a', 1);
  equal(story.gateway.services.blocks.freeBytes > 0 && story.gateway.services.blocks.freeBytes < 20_000, true);
});

test('StreamedRequest reads no more of a body than the application has credit for, until it has received', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD);
  equal(exchange.sink?.data(Buffer.alloc(creditBytes - pieceCostBytes - 1)), true);
  equal(exchange.sink?.data(Buffer.alloc(65_536)), false, 'the frame that uses the last byte of credit is the last');
  worker.grant('a', 65_535 + pieceCostBytes);
  equal(exchange.resumes, 0, 'there is none yet');
  worker.grant('a', 1);
  equal(exchange.resumes, 1);
  equal(exchange.sink?.data(Buffer.alloc(1)), false);
  worker.grant('a', creditBytes);
  worker.grant('a', 1);
  equal(exchange.resumes, 2);
  equal(story.arrivals(worker).length, 3);
});

test('StreamedRequest asks for a body that waits for 100 (Continue) with the first credit', (t) => {
  const { story, worker, exchange } = open(t, { ...UPLOAD, fields: [['Expect', '100-continue']] });
  equal(worker.requests.get('a')?.flags, REQUEST_FLAG.body | REQUEST_FLAG.more | REQUEST_FLAG.expect);
  deepEqual([exchange.sink], [undefined]);
  worker.grant('a', 0);
  exchange.sink?.data(Buffer.from('body'));
  worker.grant('a', 4);
  exchange.sink?.end();
  deepEqual(story.arrivals(worker), ['body a body', 'end a']);
});

test('StreamedRequest reads no body that the application did not ask for before it answered', (t) => {
  const { worker, exchange } = open(t, { ...UPLOAD, fields: [['Expect', '100-continue']] });
  worker.answer('a', 'no', ['403']);
  equal(exchange.sink, undefined);
  deepEqual(exchange.told, ['respond 403 no']);
});

test('StreamedRequest gives back the credit of a frame that comes in pieces once', (t) => {
  const { story, worker, exchange } = open(t, {});
  exchange.hasCaughtUp = false;
  const frames = [responseFrame(FRAME.response, worker.streamOf('a'), 'begun'), worker.frame(FRAME.data, 'a', MUCH)];
  const bytes = Buffer.concat(frames);
  for (let at = 0; at < bytes.length; at += 1000) worker.send(bytes.subarray(at, at + 1000));
  exchange.watcher?.onDrain();
  const given = story.arrivals(worker).map((words) => Number(words.split(' ')[2]));
  equal(
    given.reduce((sum, bytes) => sum + bytes, 0),
    5 + MUCH.length + 2 * pieceCostBytes,
  );
});

test('StreamedRequest refuses a body that becomes too long, tells the worker, and reads the rest away', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD, 5);
  equal(exchange.sink?.data(Buffer.from('12345')), true);
  equal(exchange.sink?.data(Buffer.from('6')), true);
  deepEqual(exchange.told, ['refuse 413']);
  deepEqual(story.arrivals(worker), ['body a 12345', 'abort a']);
  equal(exchange.sink?.data(Buffer.from('7')), true);
  exchange.sink?.end();
  deepEqual(story.arrivals(worker), []);
  worker.tell(FRAME.end, 'a');
  story.expectRest();
});

test('StreamedRequest cuts a response that has begun when its body becomes too long', (t) => {
  const { worker, exchange } = open(t, UPLOAD, 5);
  worker.begin('a', 'part');
  exchange.sink?.data(Buffer.alloc(6));
  deepEqual(exchange.told.slice(-1), ['cut']);
});

const ENDS: Readonly<Record<string, (scene: Scene) => void>> = {
  'its client leaves': ({ exchange }) => exchange.leave(),
  'its body breaks off': ({ exchange }) => exchange.sink?.fail('left'),
  'its body becomes too long': ({ exchange }) => exchange.sink?.data(Buffer.alloc(10_000_000)),
  'no worker takes it in time': ({ story }) => story.pass(4000),
};

for (const [when, end] of Object.entries(ENDS)) {
  test(`StreamedRequest, back in the queue with what came of its body, gives back the memory when ${when}`, (t) => {
    const scene = open(t, UPLOAD);
    const { story, worker, exchange } = scene;
    exchange.sink?.data(Buffer.alloc(creditBytes));
    equal(story.memory.bodies.usedBytes > 0, true);
    story.lose(worker);
    equal(story.waiting, 1);
    const { freeBytes } = story.gateway.services.blocks;
    end(scene);
    equal(story.waiting, 0);
    equal(story.gateway.services.blocks.freeBytes >= freeBytes + creditBytes, true, 'its blocks are free');
    story.expectRest();
    equal(exchange.sink?.data(Buffer.from('more')), true, 'the rest is read away');
    exchange.sink?.end();
    story.expectRest();
  });
}

test('StreamedRequest tells the worker that the client is gone when its body breaks off', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD);
  exchange.sink?.fail('left');
  exchange.sink?.fail('left');
  deepEqual(story.arrivals(worker), ['abort a']);
  worker.tell(FRAME.failed, 'a', '');
  deepEqual(exchange.told, []);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('StreamedRequest reads the rest of a body away when the application has answered', (t) => {
  const { story, worker, exchange } = open(t, UPLOAD);
  equal(exchange.sink?.data(Buffer.alloc(creditBytes)), false);
  worker.answer('a', 'enough');
  equal(exchange.resumes, 1, 'nobody would give credit any more');
  equal(exchange.sink?.data(Buffer.alloc(creditBytes)), true);
  exchange.sink?.end();
  equal(story.arrivals(worker).length, 1);
});

test('StreamedRequest tells the application of a client that closes its sending side, and takes what it still sends', (t) => {
  const { story, worker, exchange } = open(t);
  worker.begin('a', 'one');
  equal(exchange.watcher?.onClientEnd(), false);
  deepEqual(story.arrivals(worker), ['client-end a']);
  worker.tell(FRAME.data, 'a', 'two');
  worker.tell(FRAME.end, 'a');
  deepEqual(exchange.told, ['begin 200 undefined', 'write one', 'write two', 'end']);
});

test('StreamedRequest: a client that closes its sending side while it reads an answer gets the rest of that', (t) => {
  const { story, worker, exchange } = open(t);
  worker.answer('a', 'whole');
  equal(exchange.watcher?.onClientEnd(), false, 'there is nothing that could be dropped');
  deepEqual(exchange.told, ['respond 200 whole']);
  deepEqual(story.arrivals(worker), []);
});

test('StreamedRequest: an application that ends without a word when its client seems to have left is no error', (t) => {
  const { story, worker, exchange } = open(t);
  equal(exchange.watcher?.onClientEnd(), false);
  worker.tell(FRAME.failed, 'a', '');
  deepEqual(exchange.told, ['cut']);
  deepEqual(story.logged, []);
  story.expectRest();
});

test('StreamedRequest: an application that fails with a word is one, also when its client seems to have left', (t) => {
  const { worker, exchange } = open(t);
  exchange.watcher?.onClientEnd();
  worker.tell(FRAME.failed, 'a', 'Traceback');
  deepEqual(exchange.told, ['refuse 500 Traceback']);
});

test('StreamedRequest gives credit for what the client has taken, in pieces that are worth it', (t) => {
  const { story, worker, exchange } = open(t);
  const block = Buffer.alloc(GATEWAY_LIMITS.creditBytesMin / 2);
  worker.begin('a', '');
  worker.tell(FRAME.data, 'a', block);
  deepEqual(story.arrivals(worker), []);
  worker.tell(FRAME.data, 'a', block);
  deepEqual(story.arrivals(worker), [`credit a ${2 * (block.length + FRAME_LIMITS.pieceCostBytes)}`]);
  exchange.takesBytes = false;
  for (let turn = 0; turn < 4; turn += 1) worker.tell(FRAME.data, 'a', block);
  deepEqual(story.arrivals(worker), []);
  exchange.watcher?.onDrain();
  exchange.watcher?.onDrain();
  deepEqual(story.arrivals(worker), [`credit a ${4 * (block.length + FRAME_LIMITS.pieceCostBytes)}`]);
  worker.tell(FRAME.end, 'a');
  exchange.watcher?.onDrain();
  deepEqual(story.arrivals(worker), []);
});

test('StreamedRequest gives no credit to a stream whose client is gone', (t) => {
  const { story, worker, exchange } = open(t);
  exchange.takesBytes = false;
  worker.begin('a', 'x'.repeat(GATEWAY_LIMITS.creditBytesMin));
  exchange.leave();
  worker.tell(FRAME.data, 'a', Buffer.alloc(GATEWAY_LIMITS.creditBytesMin));
  exchange.watcher?.onDrain();
  deepEqual(story.arrivals(worker), ['abort a']);
});

test('StreamedRequest passes hints on before the response, and trailers before its end', (t) => {
  const { worker, exchange } = open(t);
  worker.tell(FRAME.hints, 'a', 'link\0</a.css>\0link\0</b.js>');
  worker.begin('a', 'body', ['200', 'x-kind', '1']);
  worker.tell(FRAME.hints, 'a', 'link\0</late.css>');
  worker.tell(FRAME.trailers, 'a', 'x-sum\x0042');
  worker.tell(FRAME.end, 'a');
  deepEqual(exchange.told, [
    'hint link: </a.css>\r\nlink: </b.js>',
    'begin 200 undefined',
    'write body',
    'trail x-sum: 42',
    'end',
  ]);
});

test('StreamedRequest grants credit for hints as their client takes them', (t) => {
  const { story, worker, exchange } = open(t);
  const hint = `link\0${'x'.repeat(GATEWAY_LIMITS.creditBytesMin)}`;
  worker.tell(FRAME.hints, 'a', hint);
  const credit = `credit a ${hint.length + FRAME_LIMITS.pieceCostBytes}`;
  deepEqual(story.arrivals(worker), [credit]);
  exchange.takesBytes = false;
  worker.tell(FRAME.hints, 'a', hint);
  deepEqual(story.arrivals(worker), []);
  exchange.watcher?.onDrain();
  deepEqual(story.arrivals(worker), [credit]);
});

test('StreamedRequest pays for each piece of a body beside its bytes, both ways', (t) => {
  const { story, worker } = open(t);
  const cost = FRAME_LIMITS.pieceCostBytes;
  const pieces = Math.ceil(GATEWAY_LIMITS.creditBytesMin / (1 + cost));
  worker.begin('a', '');
  worker.send(...Array.from({ length: pieces }, () => worker.frame(FRAME.data, 'a', 'x')));
  deepEqual(story.arrivals(worker), [`credit a ${pieces * (1 + cost)}`]);
  const upload = story.ask('up', { isChunked: true });
  let sent = 1;
  while (upload.sink?.data(Buffer.from('x'))) sent += 1;
  equal(sent, Math.ceil(FRAME_LIMITS.creditBytes / (1 + cost)));
});

test('StreamedRequest keeps to the length that was declared', (t) => {
  const { story, worker, exchange } = open(t);
  worker.begin('a', 'four', ['200', 'content-length', '6']);
  worker.tell(FRAME.data, 'a', 'five six');
  worker.tell(FRAME.end, 'a');
  deepEqual(exchange.told, ['begin 200 6', 'write four', 'write fi', 'end']);
  const short = story.ask('short');
  story.arrivals(worker);
  worker.begin('short', 'four', ['200', 'content-length', '6']);
  worker.tell(FRAME.end, 'short');
  deepEqual(short.told, ['begin 200 6', 'write four', 'cut']);
  match(story.logged[0] ?? '', /^error request short GET \/short: .*shorter than its Content-Length/);
});

test('StreamedRequest answers an application that failed with 500, or cuts what has begun', (t) => {
  const { story, worker, exchange } = open(t);
  const late = story.ask('late');
  story.arrivals(worker);
  worker.begin('late', 'part');
  worker.tell(FRAME.failed, 'a', 'a traceback');
  worker.tell(FRAME.failed, 'late', 'a traceback');
  deepEqual(exchange.told, ['refuse 500 a traceback']);
  deepEqual(late.told, ['begin 200 undefined', 'write part', 'cut']);
  story.expectRest();
});

test('StreamedRequest sends a file that the worker names, and says whether it can', async (t) => {
  const { story, worker, exchange } = open(t);
  const path = join(tmpdir(), `portico-streamed-call-${process.pid}`);
  writeFileSync(path, '0123456789');
  const { dev, ino } = statSync(path, { bigint: true });
  const frame = (name: string, length: bigint): Buffer => {
    const fixed = Buffer.alloc(32);
    [2n, length, dev, ino].forEach((word, index) => void fixed.writeBigUInt64LE(word, index * 8));
    return Buffer.concat([fixed, Buffer.from(name)]);
  };
  const answered = async (): Promise<string> => {
    for (let turn = 0; turn < 1000; turn += 1) {
      const [frame = ''] = story.arrivals(worker);
      if (frame !== '') return frame;
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
    }
    return 'nothing';
  };
  worker.begin('a', '');
  worker.tell(FRAME.file, 'a', frame(path, 100n));
  equal(await answered(), 'refused a');
  worker.tell(FRAME.file, 'a', frame(path, 5n));
  equal(await answered(), 'opened a');
  rmSync(path);
  worker.tell(FRAME.end, 'a');
  deepEqual(exchange.told, ['begin 200 undefined', 'file 5', 'end']);
});
