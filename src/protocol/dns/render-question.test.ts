import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { readFakeQuestion } from './fake-response.ts';
import { renderQuestion } from './render-question.ts';

test('a question has its id, its name and its kind, and nothing else', () => {
  equal(
    renderQuestion(0xabcd, 'app.example', 'AAAA')?.toString('hex'),
    'abcd01000001000000000000' + '03617070076578616d706c6500' + '001c0001',
  );
});

test('names that cannot be are not asked for', () => {
  const label = 'a'.repeat(63);
  const longest = [label, label, label, label].join('.');
  deepEqual(readFakeQuestion(renderQuestion(1, longest, 'SRV')!), { name: longest, type: 33 });
  for (const name of [
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b',
    'a\n',
    'ä',
    '\u{1F40D}',
    'a\\b',
    'a"b',
    `${label}a`,
    `${longest}.a`,
  ]) {
    equal(renderQuestion(1, name, 'A'), undefined, JSON.stringify(name));
  }
});
