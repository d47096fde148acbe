import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTROL_LIMITS, JsonLines, renderLine } from './json-lines.ts';

const MESSAGES = [{ kind: 'a', text: 'ü\n\u2028' }, { kind: 'b' }, { kind: 'c', list: [1, null] }];

test('JsonLines gives back what renderLine() wrote, however it is cut', () => {
  const bytes = Buffer.from(MESSAGES.map(renderLine).join(''));
  for (const size of [bytes.length, 7, 2, 1]) {
    const lines = new JsonLines();
    const messages: unknown[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const outcome = lines.feed(bytes.subarray(at, at + size));
      assert.ok(outcome.ok);
      messages.push(...outcome.value);
    }
    assert.deepEqual(messages, MESSAGES, `${size} bytes at a time`);
  }
});

test('JsonLines refuses what is no message, and stays silent afterwards', () => {
  for (const text of ['{', '[]', 'null', '{}', '{"kind":1}', '']) {
    const lines = new JsonLines();
    assert.deepEqual(lines.feed(Buffer.from(`${text}\n`)), { ok: false, fault: 'control.not-a-message' }, text);
    assert.deepEqual(lines.feed(Buffer.from('{"kind":"a"}\n')), { ok: false, fault: 'control.not-a-message' });
  }
});

test('JsonLines refuses a line without end', () => {
  const lines = new JsonLines();
  assert.ok(lines.feed(Buffer.alloc(CONTROL_LIMITS.lineBytesMax, 0x20)).ok);
  assert.deepEqual(lines.feed(Buffer.from(' ')), { ok: false, fault: 'control.line-too-long' });
});

test('JsonLines takes no longer line than it is told', () => {
  const lines = new JsonLines(20);
  assert.ok(lines.feed(Buffer.from('{"kind":"a"}\n')).ok);
  assert.deepEqual(lines.feed(Buffer.alloc(21, 0x20)), { ok: false, fault: 'control.line-too-long' });
});
