import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ATTENTION_LATE_MS, Attention } from './attention.ts';

test('Attention.look() tells of absences alone, and judges only when what came meanwhile could be taken in', () => {
  const attention = new Attention(1000);
  assert.equal(attention.look(5000), 0, 'the first look is never late');
  assert.equal(attention.look(6000), 0);
  assert.equal(attention.look(7000 + ATTENTION_LATE_MS - 1), 0, 'a busy machine');
  assert.ok(attention.mayJudge);
  const wokenMs = 8000 + ATTENTION_LATE_MS - 1 + 10_000;
  assert.equal(attention.look(wokenMs), 10_000);
  assert.ok(!attention.mayJudge);
  assert.equal(attention.attended(wokenMs), wokenMs - 10_000);
  assert.equal(attention.look(wokenMs + 1000), 0);
  assert.ok(attention.mayJudge);
  assert.equal(attention.attended(wokenMs + 1000), wokenMs - 9000);
});

test('Attention judges at every second look when all of them are late', () => {
  const attention = new Attention(10);
  attention.look(0);
  const judged = [1000, 2000, 3000, 4000].map((nowMs) => {
    attention.look(nowMs);
    return attention.mayJudge;
  });
  assert.deepEqual(judged, [false, true, false, true]);
});

test('Attention.rest() makes the next look the first', () => {
  const attention = new Attention(10);
  attention.look(0);
  attention.rest();
  assert.equal(attention.look(60_000), 0);
  assert.ok(attention.mayJudge);
});
