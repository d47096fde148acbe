import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AskedTracebacks } from './asked-tracebacks.ts';

const OURS = '  File "/x/portico_worker/wsgi/unit.py", line 68 in serve';
const DUMP = [
  'Thread 0x00007f11 (most recent call first):',
  '  File "/x/threading.py", line 1 in wait',
  '',
  'Current thread 0x00007f12 (most recent call first):',
  '  File "/site/app.py", line 4 in view',
  OURS,
];

function take(asked: AskedTracebacks, lines: readonly string[]): string[] {
  return asked.take(lines.map((line) => Buffer.from(line))).map((line) => line.toString());
}

test('AskedTracebacks takes the tracebacks out of what the application prints', () => {
  const asked = new AskedTracebacks();
  let heard = 0;
  asked.ask(() => (heard += 1));
  assert.deepEqual(take(asked, ['before', ...DUMP, 'between', ...DUMP.slice(0, 2), 'after']), [
    'before',
    'between',
    'after',
  ]);
  assert.equal(heard, 8);
  assert.deepEqual(asked.takeThreads().slice(0, 2), [
    { heading: DUMP[0], unit: null, frames: [DUMP[1]] },
    { heading: DUMP[3], unit: 0, frames: [DUMP[4]] },
  ]);
  assert.deepEqual(take(asked, DUMP), DUMP, 'nobody has asked for these');
});

test('AskedTracebacks leaves what nobody has asked for', () => {
  assert.deepEqual(take(new AskedTracebacks(), DUMP), DUMP);
});

test('AskedTracebacks takes out what comes when nobody waits any more', () => {
  const asked = new AskedTracebacks();
  asked.ask(() => undefined);
  assert.deepEqual(asked.takeThreads(), []);
  assert.deepEqual(take(asked, ['printed', ...DUMP]), ['printed']);
});

test('AskedTracebacks gives the log those that the supervisor wants as well', () => {
  const asked = new AskedTracebacks();
  asked.ask(() => undefined);
  asked.leaveToLog();
  assert.deepEqual(take(asked, DUMP), DUMP);
  assert.equal(asked.takeThreads().length, 2);
});

test('AskedTracebacks tells which unit a thread serves: the one that was started last comes first', () => {
  const asked = new AskedTracebacks();
  asked.ask(() => undefined);
  const thread = (name: string, frame: string): string[] => [
    `Thread 0x${name} (most recent call first):`,
    `  File "/site/app.py", line 4 in ${frame}`,
    ...(frame === 'helper' ? [] : [OURS]),
    '',
  ];
  take(asked, [...thread('3', 'second'), ...thread('2', 'helper'), ...thread('1', 'first')]);
  assert.deepEqual(
    asked.takeThreads().map(({ unit }) => unit),
    [1, null, 0],
  );
});
