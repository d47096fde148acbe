import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUNICORN_FRAME_LIMITS, GunicornFrames, renderGunicornFrame } from './gunicorn-frames.ts';

test('GunicornFrames gives the requests back, however they are cut', () => {
  const bytes = Buffer.concat([
    renderGunicornFrame({ id: 1, command: 'show', args: ['workers', 2] }),
    renderGunicornFrame({ id: 'ü', command: 'help' }),
    renderGunicornFrame({}),
  ]);
  for (const size of [bytes.length, 7, 1]) {
    const frames = new GunicornFrames();
    const requests: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const outcome = frames.feed(bytes.subarray(at, at + size));
      assert.ok(outcome.ok);
      requests.push(...outcome.value);
    }
    assert.deepEqual(requests, [
      { id: 1, command: 'show', args: ['workers', '2'] },
      { id: 'ü', command: 'help', args: [] },
      { id: 0, command: '', args: [] },
    ]);
  }
});

test('GunicornFrames refuses what is no request, or too long', () => {
  for (const text of ['{', '[', 'null', '1', '{"command":1}']) {
    const length = Buffer.from([0, 0, 0, text.length]);
    const outcome = new GunicornFrames().feed(Buffer.concat([length, Buffer.from(text)]));
    assert.deepEqual(outcome, { ok: false, fault: 'gunicorn-control.not-a-request' }, text);
  }
  const length = Buffer.alloc(4);
  length.writeUInt32BE(GUNICORN_FRAME_LIMITS.requestBytesMax + 1);
  assert.deepEqual(new GunicornFrames().feed(length), { ok: false, fault: 'gunicorn-control.frame-too-long' });
});
