import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { LaneFact, LaneState } from './lane-state.ts';
import { isRetired, nextLaneState } from './lane-state.ts';

/** The states that a lane goes through by these facts. */
function statesAfter(...facts: readonly LaneFact[]): LaneState[] {
  const states: LaneState[] = [];
  let state: LaneState = 'new';
  for (const fact of facts) {
    state = nextLaneState(state, fact);
    states.push(state);
  }
  return states;
}

test('nextLaneState() has a worker serve, retire and end', () => {
  deepEqual(statesAfter('activated', 'retired', 'drained', 'lost'), ['active', 'draining', 'drained', 'lost']);
});

test('nextLaneState() has a worker that was never active retire too: its edge may be younger than it is', () => {
  deepEqual(statesAfter('retired', 'drained'), ['draining', 'drained']);
});

test('nextLaneState() gives a worker that leaves by itself nothing more, until it is retired', () => {
  deepEqual(statesAfter('activated', 'left', 'activated', 'retired'), ['active', 'leaving', 'leaving', 'draining']);
});

test('nextLaneState() brings no retired and no lost worker back', () => {
  for (const last of ['retired', 'lost'] as const) {
    const state = statesAfter('activated', last).at(-1);
    deepEqual(statesAfter('activated', last, 'activated', 'left').slice(2), [state, state]);
  }
});

test('nextLaneState() does not take a lane for drained whose worker was not retired', () => {
  deepEqual(statesAfter('drained', 'activated', 'drained'), ['new', 'active', 'active']);
});

test('isRetired() is true of lanes that get nothing more and are open', () => {
  const states: readonly LaneState[] = ['new', 'active', 'leaving', 'draining', 'drained', 'lost'];
  deepEqual(states.filter(isRetired), ['draining', 'drained']);
  equal(isRetired(nextLaneState('drained', 'lost')), false);
});
