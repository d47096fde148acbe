import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogEvent } from './log-event.ts';
import { renderLogObject } from './log-object.ts';

const ORIGIN = { pid: 42, name: 'w1' };
const OUTPUT: LogEvent = { level: 'output', message: 'printed', traceback: '' };

function render(event: LogEvent): Readonly<Record<string, unknown>> {
  return JSON.parse(renderLogObject(Date.UTC(2026, 10, 21, 10, 4, 33, 7), ORIGIN, event)) as Record<string, unknown>;
}

test('renderLogObject() says time, level, who and what', () => {
  assert.deepEqual(render({ level: 'warning', message: 'so', traceback: '' }), {
    time: '2026-11-21T10:04:33.007Z',
    level: 'warning',
    severity: 'WARNING',
    name: 'w1',
    pid: 42,
    message: 'so',
  });
  assert.equal(render(OUTPUT)['severity'], 'DEFAULT');
});

test('renderLogObject() keeps to one line of text, whatever was said', () => {
  const said = 'a\n\r\t"\\\x1b[2J\x7f\x85\u2028\u2029\u202e\u2067\ud800ü';
  const line = renderLogObject(0, ORIGIN, { ...OUTPUT, message: said });
  assert.match(line, /^[\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\uffff]+\n$/);
  assert.equal((JSON.parse(line) as { message: string }).message, said);
});

function printed(text: string): LogEvent {
  return { ...OUTPUT, message: text, fields: { text, values: JSON.parse(text) as Record<string, unknown> } };
}

test('renderLogObject() takes level and message of an object that was printed, and packs none of it into a string', () => {
  const fields = { event: 'paid', level: 'Warning', amount: 3, time: 'x', nested: { a: [1] } };
  const rendered = render(printed(JSON.stringify(fields)));
  assert.deepEqual([rendered['level'], rendered['severity'], rendered['message']], ['warning', 'WARNING', 'paid']);
  assert.deepEqual(rendered['fields'], fields);
  assert.equal(render(printed('{"level":30,"msg":7}'))['level'], 'output');
  assert.equal(render(printed('{"__proto__":{"level":"error"}}'))['level'], 'output');
  assert.equal(render(printed('{"level":"loud"}'))['level'], 'output');
});

test('renderLogObject() leaves an object as it was printed: large numbers, keys that come twice, lone surrogates', () => {
  const text = '{"id":12345678901234567890,"price":1.10,"far":1e999,"a":1,"a":2,"odd":"\\ud800"}';
  assert.ok(renderLogObject(0, ORIGIN, printed(text)).endsWith(`,"fields":${text}}\n`));
  const controls = '{"a":\r\t"\x7f\x85\u2028"}';
  assert.ok(renderLogObject(0, ORIGIN, printed(controls)).endsWith(',"fields":{"a":  "\\u007f\\u0085\\u2028"}}\n'));
});
