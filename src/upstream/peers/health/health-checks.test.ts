import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { HealthCheck } from '../../../config/model/upstream.ts';
import type { FakeGroup } from '../fake-upstream.ts';
import { chosen, fakeGroup, fakeServer } from '../fake-upstream.ts';
import { PEER } from '../peer-fields.ts';
import { PeerMemory } from '../peer-memory.ts';
import type { ProbeDone } from './connection-probe.ts';
import { HealthChecks } from './health-checks.ts';
import { PLAIN_CONNECTION } from './probe.ts';

const CHECK: HealthCheck = {
  ...{ uri: '/', intervalMs: 1000, jitterMs: 0, timeoutMs: 1000, fails: 2, passes: 2, port: 0, host: '' },
  ...{ isMandatory: false, match: { statuses: [], statusesAreExcluded: false, fields: [] } },
};

interface Checked extends FakeGroup {
  readonly checks: HealthChecks;
  readonly logged: string[];
  readonly asked: { readonly name: string; readonly done: ProbeDone }[];
}

function make(check: Partial<HealthCheck> = {}, around?: FakeGroup): Checked {
  const healthCheck = { ...CHECK, ...check };
  const fake = fakeGroup(
    [fakeServer('a'), fakeServer('b'), fakeServer('c', { isDown: true })],
    { healthCheck },
    around,
  );
  const [logged, asked]: [string[], Checked['asked']] = [[], []];
  const checks = new HealthChecks({
    ...{ group: fake.group, check: healthCheck, memory: new PeerMemory(fake.memory, 0), chance: Math.random },
    asked: PLAIN_CONNECTION,
    connections: {
      clock: fake.clock,
      onBug: (error) => {
        throw error;
      },
    },
    probe: ({ name }, _, done) => {
      asked.push({ name, done });
      return { cancel: () => logged.push(`${name} is not asked any more`) };
    },
    log: (level, text) => logged.push(`${level}: ${text}`),
  });
  return { ...fake, checks, logged, asked };
}

/** All that are asked now answer so. */
function answer({ asked }: Checked, fault: (name: string) => string | undefined): string {
  const now = asked.splice(0);
  for (const { name, done } of now) {
    done(fault(name));
  }
  return now.map(({ name }) => name).join(' ');
}

test('a peer that fails so many checks in a row is asked nothing until it has passed so many', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const made = make();
  made.clock.advance(60_000);
  const pass = () => undefined;
  const failB = (name: string) => (name === 'b' ? 'the status is 503' : undefined);
  const next = (fault: (name: string) => string | undefined): string => {
    made.clock.advance(1000);
    context.mock.timers.tick(1000);
    return answer(made, fault);
  };
  made.checks.begin();
  equal(answer(made, failB), 'a b', 'one that is down is not checked');
  equal(chosen(made.group, 2), 'a b');
  equal(next(failB), 'a b');
  equal(chosen(made.group, 3), 'a a a');
  equal(next(pass), 'a b');
  equal(chosen(made.group, 3), 'a a a');
  next(pass);
  equal(new Set(chosen(made.group, 3).split(' ')).size, 2);
  deepEqual(made.logged, [
    'warning: peer is unhealthy: the status is 503, health check of peer b in upstream "app"',
    'info: peer is healthy, health check of peer b in upstream "app"',
  ]);
  const [, b] = made.group.peers;
  deepEqual(
    (['checks', 'checkFails', 'unhealthy', 'lastPassed', 'downMs'] as const).map((field) => b?.read(PEER[field])),
    [4, 2, 1, 1, 2000],
  );
  made.checks.close();
});

test('mandatory: nobody is sent to a peer before it has passed', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const made = make({ isMandatory: true, passes: 1 });
  made.clock.advance(1000);
  made.checks.begin();
  equal(chosen(made.group, 1), 'undefined');
  answer(made, (name) => (name === 'a' ? undefined : 'no'));
  equal(chosen(made.group, 2), 'a a');
  const later = make({ isMandatory: true }, made);
  equal(chosen(later.group, 2), 'a a', 'a reload remembers it');
  const unchecked = fakeGroup([fakeServer('b')], {}, made);
  equal(chosen(unchecked.group, 1), 'b', 'without checks nobody is ill');
  made.checks.close();
});

test('one thread checks; another takes over when it ends or is silent, and a new plan at once', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const one = make();
  one.clock.advance(1000);
  one.checks.begin();
  equal(
    answer(one, () => undefined),
    'a b',
  );
  const other = make({}, one);
  other.checks.begin();
  one.clock.advance(1000);
  context.mock.timers.tick(500);
  deepEqual([one.asked.length, other.asked.length], [0, 2], 'the newer one');
  answer(other, () => undefined);
  other.checks.close();
  one.clock.advance(1000);
  context.mock.timers.tick(500);
  equal(one.asked.length, 2);
  const silent = make({}, one);
  silent.checks.begin();
  equal(silent.asked.length, 0, 'they are not due');
  context.mock.timers.tick(500);
  deepEqual(one.logged, ['a is not asked any more', 'b is not asked any more']);
  one.checks.close();
  silent.checks.close();
});
