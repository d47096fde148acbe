import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLine, escapeControls, renderLogLines } from './log-line.ts';

const ORIGIN = { pid: 42, name: 'w1' };

test('renderLogLines() writes time, process, level and name before each line', () => {
  const at = new Date(2026, 10, 21, 10, 4, 33, 7).getTime();
  const lines = renderLogLines(at, ORIGIN, { level: 'warning', message: 'one', traceback: '  two' }).split('\n');
  assert.match(lines[0] ?? '', /^2026-11-21 10:04:33\.007 [+-]\d{4} \[42\] WARNING w1: one$/);
  assert.match(lines[1] ?? '', /\[42\] WARNING w1: {3}two$/);
  assert.equal(lines[2], '');
});

test('escapeControls() leaves nothing that forges a line or moves a cursor', () => {
  assert.equal(escapeControls('a\tb\r\x1b[31mc\x00\x7f\x9b\u2028ü'), 'a\tb\\x0d\\x1b[31mc\\x00\\x7f\\x9b\\u2028ü');
});

test('escapeControls() shows the marks that turn the order of what follows around', () => {
  assert.equal(escapeControls('paid \u202e01\u202c \u2066x\u2069'), 'paid \\u202e01\\u202c \\u2066x\\u2069');
  assert.equal(escapeControls('שלום مرحبا\u200f'), 'שלום مرحبا\u200f');
});

test('decodeLine() passes UTF-8 and shows other bytes by their numbers', () => {
  assert.equal(decodeLine(Buffer.from('grüße €')), 'grüße €');
  assert.equal(decodeLine(Buffer.from([0x61, 0xff, 0xe9])), 'a\\xff\\xe9');
});
