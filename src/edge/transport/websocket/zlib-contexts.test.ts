import { equal, notEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { constants } from 'node:zlib';
import type { ZlibContext } from './zlib-context.ts';
import { ZlibContexts } from './zlib-contexts.ts';

function ignore(): void {
  // Nobody owns it.
}

function startLongJob(context: ZlibContext): void {
  context.run(
    { input: Buffer.alloc(100_000), flush: constants.Z_SYNC_FLUSH, outputBytesMax: Number.POSITIVE_INFINITY },
    ignore,
  );
}

test('a context that was given back is used again for the same kind and window', () => {
  const contexts = new ZlibContexts();
  const context = contexts.take('inflate', 12);
  contexts.give(context);
  equal(contexts.spareCount, 1);
  notEqual(contexts.take('inflate', 13), context);
  notEqual(contexts.take('deflate', 12), context);
  equal(contexts.take('inflate', 12), context);
  equal(contexts.spareCount, 0);
  notEqual(contexts.take('inflate', 12), context);
});

test('there is one spare of a kind and window, and none that is closed or busy', () => {
  const contexts = new ZlibContexts();
  const [first, second] = [contexts.take('deflate', 13), contexts.take('deflate', 13)];
  contexts.give(first);
  contexts.give(second);
  equal(contexts.spareCount, 1);
  equal(contexts.take('deflate', 13), first);
  first.close();
  contexts.give(first);
  equal(contexts.spareCount, 0);
  const busy = contexts.take('deflate', 13);
  startLongJob(busy);
  contexts.give(busy);
  equal(contexts.spareCount, 0);
  equal(busy.isBusy, false);
});

test('of the contexts that are kept, the one that was not used for longest is taken away', () => {
  const contexts = new ZlibContexts({ keptMax: 2 });
  const taken: string[] = [];
  const keep = (name: string, context: ZlibContext): void => contexts.keep(context, () => taken.push(name));
  const [a, b, c] = [contexts.take('deflate', 13), contexts.take('deflate', 13), contexts.take('deflate', 13)];
  keep('a', a);
  keep('b', b);
  keep('a', a);
  equal(contexts.keptCount, 2);
  keep('c', c);
  equal(taken.join(), 'b');
  equal(contexts.keptCount, 2);
  equal(contexts.take('deflate', 13), b);
});

test('one that works is not taken away', () => {
  const contexts = new ZlibContexts({ keptMax: 1 });
  const taken: string[] = [];
  const [a, b, c] = [contexts.take('deflate', 13), contexts.take('deflate', 13), contexts.take('deflate', 13)];
  contexts.keep(a, () => taken.push('a'));
  startLongJob(a);
  contexts.keep(b, () => taken.push('b'));
  equal(taken.join(), 'b');
  contexts.keep(c, () => taken.push('c'));
  equal(taken.join(), 'b,c');
  a.close();
});

test('one that is given back is not kept any more', () => {
  const contexts = new ZlibContexts({ keptMax: 1 });
  const context = contexts.take('deflate', 13);
  contexts.keep(context, ignore);
  contexts.give(context);
  equal(contexts.keptCount, 0);
});
