import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { PatternAutomaton } from './pattern-automaton.ts';

const SETS: readonly (readonly string[])[] = [
  ['a'],
  ['abab'],
  ['ab', 'babba'],
  ['aab', 'ABC', 'cacab'],
  ['b'.repeat(300), 'cab'],
];

/** Letters in an order that is the same in each run. */
function makeText(length: number): string {
  let state = 7;
  const letters = Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return 'abcABC '[(state >>> 16) % 7] ?? '';
  });
  return letters.join('');
}

/** How often a pattern ends in the text, by looking at every byte, or only where `skip` says that one may begin. */
function countEnds(automaton: PatternAutomaton, text: Buffer, skips: boolean): number {
  let state = automaton.start;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (skips && state === automaton.start) {
      at = automaton.skip(text, at, text.length);
      if (at === text.length) {
        break;
      }
    }
    state = automaton.step(state, text[at] ?? 0);
    count += automaton.endsAt(state).length;
  }
  return count;
}

test('skip() passes over no byte with which a pattern begins, wherever it starts', () => {
  const text = Buffer.from(`${makeText(3000)}${'b'.repeat(310)}${makeText(90)}`);
  for (const patterns of SETS) {
    const automaton = new PatternAutomaton(patterns.map((pattern) => Buffer.from(pattern)));
    for (const from of [0, 1, 2, 3, 2999, text.length - 3, text.length]) {
      const rest = text.subarray(from);
      equal(countEnds(automaton, rest, true), countEnds(automaton, rest, false), `${patterns.join()} from ${from}`);
    }
  }
});
