import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { WorkerEntries } from './worker-entries.ts';

const MARK = 'feed0123';
const ABOUT = { requestId: 'r1', method: 'GET', path: '/x' };

function line(rest: string): Buffer {
  return Buffer.from(`\x1e${MARK} ${rest}`);
}

function first(number: string, facts: object = { level: 'error' }): Buffer {
  return line(`${number}+${JSON.stringify(facts)}`);
}

test('WorkerEntries puts an entry together, also while another is written', () => {
  const entries = new WorkerEntries(MARK);
  const lines = [
    first('a:1', { level: 'warning', ...ABOUT }),
    line('a:1+what happened'),
    first('a:2'),
    line('a:1-Trace'),
    line('a:2.other'),
    line('a:1+back'),
    line('a:1.ValueError'),
  ];
  assert.deepEqual(
    lines.flatMap((one) => entries.take(one)),
    [
      { level: 'error', message: 'other', traceback: '' },
      { level: 'warning', message: 'what happened', traceback: 'Traceback\nValueError', about: ABOUT },
    ],
  );
  assert.equal(entries.hasOpen, false);
});

test('WorkerEntries joins the pieces of a character', () => {
  const entries = new WorkerEntries(MARK);
  const [one, two] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
  entries.take(first('1'));
  entries.take(Buffer.concat([line('1-'), one]));
  assert.deepEqual(entries.take(Buffer.concat([line('1.'), two])), [{ level: 'error', message: 'ü', traceback: '' }]);
});

test('WorkerEntries takes no line without the mark', () => {
  const entries = new WorkerEntries(MARK);
  for (const text of ['', 'x', '\x1e', `\x1e${MARK}`, '\x1efeed0124 1+{}', `${MARK} 1+{}`]) {
    assert.equal(entries.find(Buffer.from(text)), -1, text);
  }
  assert.equal(entries.find(line('')), 0);
  assert.equal(entries.find(Buffer.concat([Buffer.from('..\x1e'), line('')])), 3);
});

test('WorkerEntries gives what it has when the end does not come, and what has no beginning too', () => {
  const entries = new WorkerEntries(MARK);
  assert.deepEqual(entries.take(line('9.tail')), [{ level: 'error', message: 'tail', traceback: '' }]);
  assert.deepEqual(entries.take(line('nonsense')), []);
  assert.deepEqual(entries.flush(), [{ level: 'error', message: 'nonsense', traceback: '' }]);
  entries.take(first('1'));
  entries.take(line('1+said'));
  entries.take(line('1-half'));
  entries.take(first('2'));
  assert.deepEqual(entries.flush(), [{ level: 'error', message: 'said', traceback: 'half' }]);
  assert.equal(entries.hasOpen, false);
});

test('WorkerEntries keeps neither more entries nor longer ones than it may', () => {
  const entries = new WorkerEntries(MARK);
  for (let number = 0; number < SUPERVISOR_LIMITS.logEntriesOpenMax; number += 1) {
    entries.take(first(`${number}`));
    assert.deepEqual(entries.take(line(`${number}+${number}`)), []);
  }
  assert.deepEqual(entries.take(first('ffff')), [{ level: 'error', message: '0', traceback: '' }]);
  const long = 'x'.repeat(SUPERVISOR_LIMITS.logEntryBytesMax + 1);
  assert.equal(entries.take(line(`1+${long}`)).length, 1);
});
