import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GUNICORN_HELP, parseGunicornCommand } from './gunicorn-commands.ts';

test('parseGunicornCommand() takes every command of the help', () => {
  for (const words of Object.keys(GUNICORN_HELP)) {
    const parsed = parseGunicornCommand(
      words.replace('[N]', '2').replace('<PID>', '7').replace(/ \[.*/, '').split(' '),
    );
    assert.ok(parsed.ok, words);
  }
  assert.deepEqual(parseGunicornCommand(['Worker', 'ADD']), { ok: true, value: { kind: 'add', count: 1 } });
  assert.deepEqual(parseGunicornCommand(['worker', 'remove', '-3']), { ok: true, value: { kind: 'remove', count: 1 } });
  assert.deepEqual(parseGunicornCommand(['shutdown']), { ok: true, value: { kind: 'shutdown', mode: 'graceful' } });
  assert.deepEqual(parseGunicornCommand(['dirty', 'add']), { ok: true, value: { kind: 'dirty' } });
});

test('parseGunicornCommand() refuses in gunicorn’s words', () => {
  const faults = [[], ['show'], ['show', 'x'], ['worker'], ['worker', 'x'], ['worker', 'kill'], ['worker', 'add', 'x']]
    .concat([['dirty', 'x'], ['dance']])
    .map((words) => parseGunicornCommand(words))
    .map((parsed) => (parsed.ok ? '' : parsed.fault));
  assert.deepEqual(faults, [
    'Empty command',
    'Invalid argument: Missing show target (all|workers|dirty|config|stats|listeners)',
    'Invalid argument: Unknown show target: x',
    'Invalid argument: Missing worker action (add|remove|kill)',
    'Invalid argument: Unknown worker action: x',
    'Invalid argument: Missing PID for worker kill',
    "Invalid argument: invalid literal for int() with base 10: 'x'",
    'Invalid argument: Unknown dirty action: x',
    'Invalid argument: Unknown command: dance',
  ]);
});
