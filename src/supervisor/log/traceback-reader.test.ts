import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TracebackReader } from './traceback-reader.ts';

function roles(text: string): string {
  const reader = new TracebackReader();
  return text
    .split('\n')
    .map((line) => `${reader.read(line)[0]}${reader.isOfFaulthandler ? '!' : ''}`)
    .join(' ');
}

test('a record of logging with its traceback is one, and the next record another', () => {
  assert.equal(
    roles(
      'ERROR boom\nTraceback (most recent call last):\n  File "a", line 1\n    x\n       ^\nValueError: x\nINFO next',
    ),
    'b t c c c c b',
  );
});

test('exceptions that were raised from one another are one traceback', () => {
  const link = '\nDuring handling of the above exception, another exception occurred:\n';
  const other = '\nThe above exception was the direct cause of the following exception:\n';
  assert.equal(
    roles(
      `Traceback (most recent call last):\n  File\nKeyError: 1\n${link}\nTraceback (most recent call last):\n  File\nE: 2\n${other}\nTraceback (most recent call last):\n  File\nE: 3\nnext`,
    ),
    't c c c c c t c c c c c t c c b',
  );
});

test('a group of exceptions is one traceback', () => {
  assert.equal(
    roles(
      '  + Exception Group Traceback (most recent call last):\n  |   File "a"\n  | ExceptionGroup: x (1 sub-exception)\n  +-+---------------- 1 ----------------\n    | ValueError: y\n    +------------------------------------\nnext',
    ),
    't c c c c c b',
  );
});

test('tracebacks as loguru and rich write them are one each, with the name of the exception', () => {
  assert.equal(
    roles(
      'boom\nTraceback (most recent call last):\n\n  File "a"\n    x()\n\n> File "b"\n    y()\n    │ └ 0\n    └ <function y>\n\nE: 1\nnext',
    ),
    'b t c c c c c c c c c c b',
  );
  const drawn = (name: string) =>
    `╭───── Traceback (most recent call last) ─────╮\n│ /site/app.py:5 in view                      │\n╰─────────────────────────────────────────────╯\n${name}`;
  const link = '\n\nThe above exception was the direct cause of the following exception:\n\n';
  assert.equal(roles(`boom\n${drawn('E: 1')}${link}${drawn('E: 2')}\nnext`), 'b t c c c c c c t c c c b');
  assert.equal(roles('╭─ a table ─╮\n│ of rich   │\n╰───────────╯'), 'b b b');
});

test('what is indented belongs to the line before it; an empty line begins something', () => {
  assert.equal(roles('SELECT\n  a\n\tb\n\nFROM'), 'b c c b b');
});

test('what faulthandler writes is told from what is printed', () => {
  assert.equal(
    roles(
      'printed\nFatal Python error: Segmentation fault\n\nCurrent thread 0x00007f11 (most recent call first):\n  File "a", line 1 in f\n\nExtension modules: x (total: 1)\nprinted',
    ),
    'b b! c! c! c! c! c! b',
  );
  assert.equal(roles('Thread 0x0000 (most recent call first):\n  <no Python frame>\nx'), 'b! c! b');
  assert.equal(roles('Thread 0x0000 [python] (most recent call first):'), 'b!');
  assert.equal(roles('Timeout (0:00:01)!\nThread 0x1 (most recent call first):'), 'b! c!');
  assert.equal(roles('a Fatal Python error: x'), 'b');
});

test('of what faulthandler writes, our frames below those of the application are told apart', () => {
  const ours = '  File "/x/portico_worker/wsgi/unit.py", line 1 in run';
  const other = '  File "/site/app.py", line 1 in view';
  const head = 'Thread 0x1 (most recent call first):';
  assert.equal(roles(`${head}\n${ours}\n${other}\n${ours}\n${ours}\n\n${head}\n${ours}`), 'b! c! c! o! o! c! c! c!');
});
