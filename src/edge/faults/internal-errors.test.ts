import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { InternalErrors } from './internal-errors.ts';

function collect(): { errors: InternalErrors; clock: FakeClock; lines: string[] } {
  const clock = new FakeClock();
  const lines: string[] = [];
  return { errors: new InternalErrors(clock, (text) => lines.push(text)), clock, lines };
}

const errorOf = (message: string): Error => new Error(message);

test('InternalErrors.note() writes the stack of a place once, whatever the message, and then its number once a minute', () => {
  const { errors, clock, lines } = collect();
  for (let at = 0; at < 1000; at += 1) {
    errors.note('the connection of 192.0.2.1', errorOf(`message ${at}`));
  }
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? '',
    /^internal error 1 in the connection of 192\.0\.2\.1, which ends by it: Error: message 0\n {4}at errorOf /,
  );
  clock.advance(EDGE_LIMITS.internalErrorRepeatMs);
  errors.note('the lane of w1', errorOf('again'));
  assert.match(lines[1] ?? '', /^internal error 1001 in the lane of w1, the 1001th at errorOf .*: Error: again$/);
  assert.equal(errors.count, 1001);
});

test('InternalErrors.note() keeps what a client may have put into a message to one line of bounded length', () => {
  const { errors, lines } = collect();
  errors.note('it', new Error(`a\n    at forged (x.ts:1:1)\n${'b'.repeat(10_000)}`));
  const [title = '', ...frames] = (lines[0] ?? '').split('\n');
  assert.ok(title.length < EDGE_LIMITS.internalErrorTitleMax + 100);
  assert.ok(title.includes('\\n'));
  assert.ok(frames.every((line) => /^ {4}at /.test(line)));
  errors.note('it', 'a text that was thrown');
  assert.match(lines[1] ?? '', /a text that was thrown$/);
});

test('InternalErrors.note() writes so many places and no more', () => {
  const { errors, lines } = collect();
  for (let at = 0; at < 2 * EDGE_LIMITS.internalErrorPlacesMax; at += 1) {
    errors.note('it', Object.assign(new Error('x'), { stack: `Error: x\n    at place${at}` }));
  }
  assert.equal(lines.length, EDGE_LIMITS.internalErrorPlacesMax);
});
