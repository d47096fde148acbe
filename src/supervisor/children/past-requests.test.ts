import { deepEqual } from 'node:assert/strict';
import { mock, test } from 'node:test';
import { PastRequests } from './past-requests.ts';

function newStory() {
  const past = new PastRequests(1000);
  const done: string[] = [];
  const when = (plan: number, name: string) => past.when(plan, () => done.push(name));
  return { past, when, said: () => done.splice(0) };
}

test('what is kept for requests before a plan is let go when the edge says that they have their answers', () => {
  const { past, when, said } = newStory();
  past.heed({ kind: 'committed', plan: 2 });
  when(2, 'two');
  deepEqual(said(), []);
  past.heed({ kind: 'committed', plan: 3 });
  when(3, 'three');
  past.heed({ kind: 'answered', plan: 2 });
  deepEqual(said(), ['two']);
  past.heed({ kind: 'answered', plan: 3 });
  when(3, 'again');
  deepEqual(said(), ['three', 'again']);
});

test('an edge that has ended, or was started with the plan, has no earlier requests', () => {
  const { past, when, said } = newStory();
  past.heed({ kind: 'committed', plan: 1 });
  when(1, 'one');
  past.forget();
  when(2, 'two');
  deepEqual(said(), ['one', 'two']);
});

test('requests without an end are not waited for for ever', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { past, when, said } = newStory();
  past.heed({ kind: 'committed', plan: 1 });
  when(1, 'one');
  mock.timers.tick(999);
  deepEqual(said(), []);
  mock.timers.tick(1);
  past.heed({ kind: 'answered', plan: 1 });
  deepEqual(said(), ['one']);
  mock.timers.reset();
});
