import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '../../config/model/app.ts';
import { hasScaling, scalingOf, workersAtStart } from './scaling-of.ts';

// Nothing else of an application counts here.
const app = (more: Partial<App>): App => ({ workers: 4, workersMin: 0, idleMs: 0, ...more }) as App;

test('workersAtStart() is the least, or what is asked for between it and the most', () => {
  assert.equal(workersAtStart(app({})), 4);
  assert.equal(workersAtStart(app({ workersMin: 2 })), 2);
  assert.equal(workersAtStart(app({ workersMin: 2, scaling: { workersInitial: 3 } })), 3);
  assert.equal(workersAtStart(app({ workersMin: 2, scaling: { workersInitial: 9 } })), 4);
  assert.equal(workersAtStart(app({ workersMin: 4 })), 4);
});

test('hasScaling() is so where their number can change by load', () => {
  assert.deepEqual([app({}), app({ workersMin: 4 }), app({ workersMin: 1 }), app({ idleMs: 1 })].map(hasScaling), [
    false,
    false,
    true,
    true,
  ]);
  assert.deepEqual([scalingOf(app({ idleMs: 7 })).idleMs, scalingOf(app({ scaling: { step: 3 } })).step], [7, 3]);
});
