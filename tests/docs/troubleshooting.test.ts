// Whoever looks up a message of Portico finds an answer, and no page answers what is no longer said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasPieces, piecesOf } from './ellipsis.ts';
import { collectMessages, collectTexts } from './messages.ts';
import { readEntries, readTexts } from './troubleshooting.ts';

/** An answer in fewer characters says no more than the message. */
const ANSWER_CHARACTERS_MIN = 40;
/** How much of the words of an entry's message has to be in messages of the sources: the rest is what they put in. */
const KNOWN_SHARE_MIN = 0.7;

const MESSAGES = collectMessages().map(({ text, at }) => ({ text: tidy(text), at }));
/** Short ones too, of which messages are put together. */
const TEXTS = [...new Set(collectTexts().map(({ text }) => tidy(text)))].filter((text) => text.includes(' '));
const ENTRIES = readEntries();

test('every warning and error has an entry in docs/troubleshooting', () => {
  const texts = readTexts();
  const missing = MESSAGES.filter(({ text }) => !texts.some((known) => hasPieces(known, piecesOf(text))));
  assert.deepEqual(
    missing.map(({ text, at }) => `${at}: ${text}`),
    [],
    'write what it means and what to do, or say in tests/docs/messages.ts why nobody gets to read it',
  );
});

test('every entry answers messages that there are', () => {
  const stale = ENTRIES.flatMap(({ messages, at }) =>
    messages.filter((message) => knownShare(message) < KNOWN_SHARE_MIN).map((message) => `${at}: ${message}`),
  );
  assert.deepEqual(stale, []);
});

test('every entry has an answer of its own', () => {
  const poor = ENTRIES.filter(({ answer }) => answer.trim().length < ANSWER_CHARACTERS_MIN);
  assert.deepEqual(
    poor.map(({ at }) => at),
    [],
  );
  const answers = ENTRIES.map(({ answer }) => answer);
  assert.deepEqual(
    answers.filter((answer, index) => answers.indexOf(answer) !== index),
    [],
  );
});

/** Of the characters between the parts that are left open, the share that messages of the sources have. */
function knownShare(entry: string): number {
  const known = new Uint8Array(entry.length);
  for (const text of TEXTS) {
    const pieces = piecesOf(text);
    if (!hasPieces(entry, pieces)) continue;
    let from = 0;
    for (const piece of pieces) {
      const at = entry.indexOf(piece, from);
      known.fill(1, at, at + piece.length);
      from = at + piece.length;
    }
  }
  const counted = Array.from(entry, (character, index) => (/[… ]/.test(character) ? -1 : (known[index] ?? 0)));
  const words = counted.filter((count) => count >= 0);
  return words.filter((count) => count === 1).length / Math.max(1, words.length);
}

function tidy(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}
