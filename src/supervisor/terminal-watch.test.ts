import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TerminalWatch } from './terminal-watch.ts';

function watched(isTerminal: boolean): { readonly watch: TerminalWatch; readonly close: () => void } {
  let isThere = isTerminal;
  const watch = new TerminalWatch(() => isThere);
  return {
    watch,
    close: () => {
      isThere = false;
    },
  };
}

test('TerminalWatch takes the signal with which the terminal goes for its end, before and after a look', () => {
  for (const looks of [0, 1]) {
    const { watch, close } = watched(true);
    watch.look();
    assert.equal(watch.hasHungUp(), false, 'the signal of somebody who asks for a reload');
    close();
    for (let count = 0; count < looks; count += 1) watch.look();
    assert.equal(watch.hasHungUp(), true);
    assert.equal(watch.hasHungUp(), true, 'kernel and shell both send it');
  }
});

test('TerminalWatch takes no later signal for the end of a terminal that has gone without one', () => {
  const { watch, close } = watched(true);
  close();
  watch.look();
  watch.look();
  assert.equal(watch.hasHungUp(), false);
  assert.equal(watch.isNeeded, false);
});

test('TerminalWatch has nothing to watch where there was never a terminal', () => {
  const { watch } = watched(false);
  assert.equal(watch.isNeeded, false);
  assert.equal(watch.hasHungUp(), false);
});
