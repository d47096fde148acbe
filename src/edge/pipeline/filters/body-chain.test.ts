import { deepEqual, equal } from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../kernel/clock.ts';
import { BodyChain } from './body-chain.ts';
import type { BodyWriter, Source, Transform } from './body-writer.ts';

class Below {
  readonly written: string[] = [];
  takes = true;
  write(bytes: Buffer): boolean {
    this.written.push(bytes.toString('latin1'));
    return this.takes;
  }
  end(): void {
    this.written.push('<end>');
  }
  cut(): void {
    this.written.push('<cut>');
  }
}

function events(told: string[]): ConstructorParameters<typeof BodyChain>[2] {
  return {
    onSent: () => undefined,
    onDrain: () => told.push('drain'),
    onEnd: () => told.push('end'),
    onFault: () => told.push('fault'),
  };
}

/** Puts a mark around what it is given, and says when it flushes. */
function marking(mark: string): Transform {
  return (next: BodyWriter, before: Source): BodyWriter => ({
    write: (bytes) => next.write(Buffer.from(`${mark}${bytes.toString('latin1')}${mark}`)),
    flush: () => {
      next.write(Buffer.from(`${mark}flush`));
      next.flush();
    },
    end: () => next.end(),
    cut: () => next.cut(),
    drop: () => undefined,
    drained: () => before.drained(),
  });
}

test('what is written goes through the transforms in their order', () => {
  const below = new Below();
  const told: string[] = [];
  const chain = new BodyChain([marking('1'), marking('2')], below, events(told));
  equal(chain.write(Buffer.from('a')), true);
  chain.end();
  deepEqual(below.written, ['21a12', '<end>']);
  deepEqual(told, ['end']);
});

test('content waits for who is behind, and is told when there is room, once', () => {
  const below = new Below();
  const told: string[] = [];
  const chain = new BodyChain([marking('1'), marking('2')], below, events(told));
  below.takes = false;
  equal(chain.write(Buffer.from('a')), false);
  equal(chain.write(Buffer.from('b')), false);
  deepEqual(below.written, ['21a12'], 'the second waits');
  chain.onDrain();
  deepEqual([below.written, told], [['21a12', '21b12'], []], 'and is behind again');
  below.takes = true;
  chain.onDrain();
  deepEqual(told, ['drain']);
  chain.end();
  equal(below.written.at(-1), '<end>');
});

test('the end waits for what waits', () => {
  const below = new Below();
  const chain = new BodyChain([marking('1')], below, events([]));
  below.takes = false;
  chain.write(Buffer.from('a'));
  chain.write(Buffer.from('b'));
  chain.end();
  deepEqual(below.written, ['1a1']);
  below.takes = true;
  chain.onDrain();
  deepEqual(below.written, ['1a1', '1b1', '<end>']);
});

test('a cut waits for what waits: the client gets what has come', () => {
  const below = new Below();
  const chain = new BodyChain([marking('1')], below, events([]));
  below.takes = false;
  chain.write(Buffer.from('a'));
  chain.write(Buffer.from('b'));
  chain.cut();
  deepEqual(below.written, ['1a1']);
  below.takes = true;
  chain.onDrain();
  deepEqual(below.written, ['1a1', '1b1', '<cut>']);
});

test('borrowed bytes are copied, because they are gone afterwards', () => {
  const below = new Below();
  const chain = new BodyChain([], below, events([]));
  const buffer = Buffer.from('..abc');
  below.takes = false;
  chain.write(Buffer.from('x'));
  chain.write({ kind: 'borrowed', buffer, start: 2, length: 3 });
  buffer.fill('!');
  below.takes = true;
  chain.onDrain();
  deepEqual(below.written, ['x', 'abc']);
});

test('a body without a length is flushed when the turn of the loop ends', async () => {
  const below = new Below();
  const chain = new BodyChain([marking('1')], below, events([]), true);
  chain.write(Buffer.from('a'));
  chain.write(Buffer.from('b'));
  await new Promise((resolve) => setImmediate(resolve));
  deepEqual(below.written, ['1a1', '1b1', '1flush']);
  chain.end();
  await new Promise((resolve) => setImmediate(resolve));
  equal(below.written.at(-1), '<end>');
});

async function withFile(length: number, act: (fd: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chain-'));
  const path = join(folder, 'file');
  writeFileSync(path, Buffer.alloc(length, 'abcdefghij'));
  const fd = openSync(path, 'r');
  try {
    await act(fd);
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

test('a file is read in slices, in order with what is around it, and is given back', () =>
  withFile(200_000, async (fd) => {
    const below = new Below();
    const told: string[] = [];
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const chain = new BodyChain([marking('')], below, {
      ...events(told),
      onEnd: resolve,
    });
    let released = 0;
    chain.writeWhole({
      kind: 'parts',
      length: 200_010,
      parts: [Buffer.from('<'), { kind: 'file', fd, offset: 0, length: 200_000 }, Buffer.from('>')],
      release: () => {
        released += 1;
      },
    });
    await ended;
    const body = below.written.join('');
    deepEqual([body.length, body[0], body.slice(1, 11), body.slice(-6)], [200_007, '<', 'abcdefghij', '><end>']);
    equal(released, 1);
    equal(
      below.written.every((slice) => slice.length <= 65_536),
      true,
    );
  }));

test('a file that has become shorter cuts the response, and is given back', () =>
  withFile(10, async (fd) => {
    const below = new Below();
    const told: string[] = [];
    const chain = new BodyChain([], below, events(told));
    const { promise, resolve } = Promise.withResolvers<void>();
    chain.writeFile({ kind: 'file', fd, offset: 0, length: 20 }, resolve);
    await promise;
    deepEqual([below.written, told], [['abcdefghij', '<cut>'], ['fault']]);
  }));

test('who has gone gets nothing more, and files are given back', () =>
  withFile(100, async (fd) => {
    const below = new Below();
    const chain = new BodyChain([marking('1')], below, events([]));
    const { promise, resolve } = Promise.withResolvers<void>();
    chain.writeFile({ kind: 'file', fd, offset: 0, length: 100 }, resolve);
    let wasReleased = false;
    chain.writeFile({ kind: 'file', fd, offset: 0, length: 100 }, () => {
      wasReleased = true;
    });
    chain.drop();
    equal(wasReleased, true);
    await promise;
    equal(chain.write(Buffer.from('late')), true);
    chain.end();
    deepEqual(below.written, []);
  }));

test('a long body waits for the next turn of the loop when others have worked long in this one', async () => {
  const below = new Below();
  const told: string[] = [];
  const slow: Transform = (next, before) => ({
    ...marking('')(next, before),
    write: (bytes) => {
      const untilMs = systemClock.monotonicMs() + 12;
      while (systemClock.monotonicMs() < untilMs) {
        // As a text that is replaced in every line.
      }
      return next.write(bytes.subarray(0, 1));
    },
  });
  const [first, second, gone, streamed] = [0, 1, 2, 3].map(() => new BodyChain([slow], below, events(told)));
  first?.writeWhole(Buffer.alloc(20_000, 'a'));
  equal(second?.write(Buffer.alloc(20_000, 'b')), false);
  second.end();
  gone?.writeWhole(Buffer.alloc(20_000, 'c'));
  gone?.drop();
  equal(streamed?.write(Buffer.alloc(20_000, 'd')), false);
  deepEqual(below.written, ['a', '<end>']);
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  deepEqual(below.written, ['a', '<end>', 'b', '<end>', 'd']);
  deepEqual(told, ['end', 'end', 'drain']);
});
