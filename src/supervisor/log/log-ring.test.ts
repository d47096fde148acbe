import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LogEntry } from './log-ring.ts';
import { LogRing } from './log-ring.ts';

const ORIGIN = { pid: 1, name: 'w1' };

function entry(message: string): LogEntry {
  return { atMs: 0, origin: ORIGIN, event: { level: 'output', message, traceback: '' } };
}

const messages = (ring: LogRing): string[] => ring.entries.map(({ event }) => event.message);

test('LogRing keeps what the log takes, in order', () => {
  const ring = new LogRing();
  const outlet = ring.outlet('warning');
  for (const level of ['debug', 'info', 'warning', 'error', 'output'] as const) {
    assert.equal(outlet.render(1000, ORIGIN, { level, message: level, traceback: '' }), '');
  }
  assert.deepEqual(messages(ring), ['warning', 'error', 'output']);
  assert.equal(ring.entries[0]?.atMs, 1000);
  assert.doesNotThrow(() => outlet.sink.write(''));
});

test('LogRing drops the oldest when there is too much, but never the last', () => {
  const ring = new LogRing();
  const count = 5000;
  for (let index = 0; index < count; index += 1) {
    ring.add(entry(`${index}`.padStart(400)));
  }
  const kept = messages(ring).map(Number);
  assert.equal(kept.at(-1), count - 1);
  assert.ok(kept.length > 500 && kept.length <= SUPERVISOR_LIMITS.logRingCharactersMax / 400, `${kept.length}`);
  assert.deepEqual(
    kept,
    Array.from(kept, (_, index) => count - kept.length + index),
  );
  ring.add(entry('x'.repeat(SUPERVISOR_LIMITS.logRingCharactersMax)));
  assert.equal(ring.entries.length, 1);
});

test('LogRing tells listeners until they leave', () => {
  const ring = new LogRing();
  const heard: string[] = [];
  const leave = ring.listen(({ event }) => heard.push(event.message));
  ring.add(entry('one'));
  leave();
  ring.add(entry('two'));
  assert.deepEqual(heard, ['one']);
});
