import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { LogEvent } from './log-event.ts';
import { OutputEvents } from './output-events.ts';

const RECORD = 'ERROR boom\nTraceback (most recent call last):\n  File "a"\nValueError: x';

function feed(events: OutputEvents, text: string): LogEvent[] {
  return events.feed(text.split('\n').map((line) => Buffer.from(line)));
}

function printed(message: string, traceback = ''): LogEvent {
  return { level: 'output', message, traceback };
}

test('as text each line is an event, at once', () => {
  const events = new OutputEvents('m', false);
  assert.deepEqual(
    feed(events, RECORD),
    RECORD.split('\n').map((line) => printed(line)),
  );
  assert.equal(events.hasPending, false);
  assert.deepEqual(events.flush(), []);
});

test('as text, too, what faulthandler writes is an error', () => {
  const levels = feed(
    new OutputEvents('m', false),
    'x\nFatal Python error: Aborted\n\nThread 0x1 (most recent call first):\n  File\ny',
  );
  assert.deepEqual(
    levels.map(({ level }) => level),
    ['output', 'error', 'error', 'error', 'error', 'output'],
  );
});

test('as JSON a record with its traceback is one event, when the next line comes or after a moment', () => {
  const [head, ...rest] = RECORD.split('\n');
  const whole = printed(head ?? '', rest.join('\n'));
  const events = new OutputEvents('m', true);
  assert.deepEqual(feed(events, `${RECORD}\nnext`), [whole]);
  assert.equal(events.hasPending, true);
  assert.deepEqual(events.flush(), [printed('next')]);
  assert.deepEqual(events.flush(), []);
});

test('as JSON a traceback alone is told by the exception, and printed lines keep their order around entries', () => {
  const [, ...rest] = RECORD.split('\n');
  const events = new OutputEvents('m', true);
  assert.deepEqual(feed(events, `${rest.join('\n')}\n\n\x1em 1+{"level":"error"}\n\x1em 1.ours`), [
    printed('ValueError: x', rest.join('\n')),
    { level: 'error', message: 'ours', traceback: '' },
  ]);
  assert.equal(events.hasPending, false);
});

test('an entry is found behind what was printed without an end of line', () => {
  for (const gathers of [false, true]) {
    const events = new OutputEvents('m', gathers);
    assert.deepEqual(feed(events, '...\x1em 1+{"level":"error"}\n\x1em 1.ours'), [
      printed('...'),
      { level: 'error', message: 'ours', traceback: '' },
    ]);
  }
});

test('as JSON an object is taken as one, and what only looks like one is not', () => {
  const events = new OutputEvents('m', true);
  const [one, two] = feed(events, '{"event":"paid"}\n{oops}\nend');
  assert.deepEqual(one, {
    ...printed('{"event":"paid"}'),
    fields: { text: '{"event":"paid"}', values: { event: 'paid' } },
  });
  assert.deepEqual(two, printed('{oops}'));
});

test('as JSON an object that is nested too deep stays text: no line that is printed ends the server', () => {
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
  const events = new OutputEvents('m', true);
  const { logFieldsDepthMax: most } = SUPERVISOR_LIMITS;
  const [fits, tooDeep, muchTooDeep] = feed(events, `${nested(most)}\n${nested(most + 1)}\n${nested(10_000)}\nend`);
  assert.equal(fits?.fields?.text, nested(most));
  assert.deepEqual(tooDeep, printed(nested(most + 1)));
  assert.deepEqual(muchTooDeep, printed(nested(10_000)));
});

test('as JSON an event has a largest size', () => {
  const events = new OutputEvents('m', true);
  const line = ` ${'x'.repeat(999)}`;
  const cut = feed(events, `begin\n${Array.from({ length: 100 }, () => line).join('\n')}`);
  assert.equal(cut.length, 1);
  assert.ok((cut[0]?.message.length ?? 0) <= SUPERVISOR_LIMITS.logEventCharactersMax + 100);
});

test('as JSON a crash is an error with its traceback', () => {
  const events = new OutputEvents('m', true);
  feed(events, 'Fatal Python error: Aborted\n\nThread 0x1 (most recent call first):\n  File');
  assert.deepEqual(events.flush(), [
    {
      level: 'error',
      message: 'Fatal Python error: Aborted',
      traceback: '\nThread 0x1 (most recent call first):\n  File',
    },
  ]);
});
