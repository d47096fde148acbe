import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from './nearest.ts';

test('nearestWord() finds the word that was meant, and none when there is none', () => {
  const words = ['--workers', '--threads', '--bind', '--timeout', '--graceful-timeout'];
  const cases: [string, string | undefined][] = [
    ['--wrokers', '--workers'],
    ['--worker', '--workers'],
    ['--tiemout', '--timeout'],
    ['--gracefull-timeout', '--graceful-timeout'],
    ['--zebra-crossing', undefined],
  ];
  for (const [word, expected] of cases) {
    assert.equal(nearestWord(word, words), expected, word);
  }
});
