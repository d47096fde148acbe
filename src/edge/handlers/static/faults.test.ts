import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../../kernel/fake-clock.ts';
import { FaultLog } from './faults.ts';

function makeLog(): { lines: string[]; clock: FakeClock; faults: FaultLog } {
  const lines: string[] = [];
  const clock = new FakeClock();
  return { lines, clock, faults: new FaultLog((level, text) => lines.push(`${level} ${text}`), clock) };
}

test('FaultLog says what happened to which file', () => {
  const { lines, faults } = makeLog();
  faults.report('static.failed', '/srv/a.css', 'EIO');
  assert.deepEqual(lines, ['error static file "/srv/a.css" cannot be read: EIO (static.failed)']);
});

test('FaultLog lets nothing of a client into the log unescaped', () => {
  const { lines, faults } = makeLog();
  faults.report('static.forbidden', `/a\n\r"\\\x1b\x7f\xe9${'b'.repeat(400)}`, 'EACCES');
  assert.match(lines[0] ?? '', /^warning static file "\/a\\x0A\\x0D\\x22\\x5C\\x1B\\x7F\\xE9b{291}…" may not/);
});

test('FaultLog counts what it leaves out within a second', () => {
  const { lines, clock, faults } = makeLog();
  faults.report('static.failed', '/a', 'EIO');
  faults.report('static.failed', '/b', 'EIO');
  faults.report('static.failed', '/c', 'EIO');
  faults.report('static.exhausted', '/d', 'EMFILE');
  assert.equal(lines.length, 2);
  clock.advance(1000);
  faults.report('static.failed', '/e', 'EIO');
  assert.equal(lines.length, 3);
  assert.match(lines[2] ?? '', /"\/e".*and 2 more like it before/);
  clock.advance(1000);
  faults.report('static.failed', '/f', 'EIO');
  assert.doesNotMatch(lines[3] ?? '', /more/);
});
