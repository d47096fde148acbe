import { equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { EDGE_LIMITS } from '../limits.ts';
import { Leftovers } from './leftovers.ts';

interface Watched {
  readonly leftovers: Leftovers;
  collections: number;
  clients: number;
}

function watch(context: TestContext): Watched {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const watched: Watched = {
    leftovers: new Leftovers(
      () => watched.clients === 0,
      () => {
        watched.collections += 1;
      },
    ),
    collections: 0,
    clients: 0,
  };
  return watched;
}

test('what a start has left is collected once, when there are no clients', (context) => {
  const watched = watch(context);
  watched.clients = 1;
  watched.leftovers.afterStart();
  context.mock.timers.tick(EDGE_LIMITS.collectAfterMs * 5);
  equal(watched.collections, 0);
  watched.clients = 0;
  context.mock.timers.tick(EDGE_LIMITS.collectAfterMs * 5);
  equal(watched.collections, 1);
});

test('what many plans have left is collected beside clients too, and however quickly one follows another', (context) => {
  const watched = watch(context);
  watched.clients = 64;
  for (let plan = 1; plan < EDGE_LIMITS.uncollectedPlansMax; plan += 1) {
    watched.leftovers.afterPlan();
  }
  equal(watched.collections, 0);
  watched.leftovers.afterPlan();
  equal(watched.collections, 1);
  for (let plan = 0; plan < EDGE_LIMITS.uncollectedPlansMax; plan += 1) {
    watched.leftovers.afterPlan();
  }
  equal(watched.collections, 2);
});
