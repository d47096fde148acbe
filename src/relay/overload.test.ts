import { deepEqual, equal } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { RELAY_LIMITS } from './limits.ts';
import type { OverloadReason } from './overload.ts';
import { newOverloadCounters, Overload } from './overload.ts';

/** Two threads with one log. */
function open(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const counters = newOverloadCounters();
  const logged: string[] = [];
  const [one, two] = [1, 2].map(
    () =>
      new Overload({
        counters,
        queueMax: 8,
        waiting: () => 5,
        descriptorsMax: 1024,
        log: (_level, text) => logged.push(text.replace(', 5 waiting in the queue (limit 8)', '')),
      }),
  ) as [Overload, Overload];
  const refuse = (overload: Overload, reason: OverloadReason, count = 1): void => {
    for (let each = 0; each < count; each += 1) overload.refuse({ fail: () => undefined }, reason);
  };
  return { one, two, logged, refuse, second: () => t.mock.timers.tick(RELAY_LIMITS.overloadLogMs) };
}

test('Overload answers 503 and says when to come again', (t) => {
  const { one } = open(t);
  const told: unknown[] = [];
  one.refuse({ fail: (status, detail, fields) => told.push([status, detail, fields.text]) }, 'full');
  deepEqual(told, [[503, undefined, 'Retry-After: 1\r\n']]);
});

test('Overload tells at once, then once a second for all threads and all reasons, until nothing is left', (t) => {
  const { one, two, logged, refuse, second } = open(t);
  refuse(two, 'full');
  deepEqual(logged.splice(0), ['overload: 1 requests refused with 503 (1 found the queue full)']);
  refuse(one, 'full', 3);
  refuse(one, 'late', 2);
  refuse(two, 'full');
  deepEqual(logged, []);
  second();
  deepEqual(logged.splice(0), [
    'overload: 6 requests refused with 503 (4 found the queue full, 2 had waited for --queue-timeout)',
  ]);
  second();
  second();
  deepEqual(logged, []);
  refuse(one, 'late');
  equal(logged.length, 1, 'at once again');
});

test('Overload tells the rest at the end, and another thread goes on', (t) => {
  const { one, two, logged, refuse, second } = open(t);
  refuse(one, 'full', 2);
  logged.length = 0;
  one.finish();
  deepEqual(logged.splice(0), ['overload: 1 requests refused with 503 (1 found the queue full)']);
  second();
  refuse(two, 'full', 2);
  second();
  equal(logged.length, 2);
});

test('Overload names the limit of open files where that was the reason', (t) => {
  const { one, logged, refuse } = open(t);
  refuse(one, 'descriptors');
  deepEqual(logged, [
    'overload: 1 requests refused with 503 (1 found no file descriptor left for their body); ' +
      'the process may open 1024 files: raise "ulimit -n", or LimitNOFILE= of a systemd unit',
  ]);
});
