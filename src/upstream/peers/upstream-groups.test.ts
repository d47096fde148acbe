import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { LastAnswers } from '../resolver/last-answers.ts';
import { NameCache } from '../resolver/name-cache.ts';
import type { FoundAddresses } from '../resolver/system-names.ts';
import { chosen, fakeServer, fakeUpstream } from './fake-upstream.ts';
import { PLAIN_CONNECTION } from './health/probe.ts';
import { newPeerMemory } from './peer-memory.ts';
import { UpstreamGroups } from './upstream-groups.ts';

const RULES = { servers: [], asksIpv4: true, asksIpv6: true, timeoutMs: 0 };

interface Made {
  readonly groups: UpstreamGroups;
  readonly logged: string[];
  readonly asked: string[];
}

function make(
  names: ReadonlyMap<string, FoundAddresses>,
  later: FoundAddresses = { code: 'ENOTFOUND' },
  thread = 0,
  last = new LastAnswers(),
): Made {
  const logged: string[] = [];
  const asked: string[] = [];
  const upstreams = [
    fakeUpstream([
      fakeServer('app:8000'),
      fakeServer('v6', { host: '::1', port: 81 }),
      fakeServer('s', { isUnix: true, host: '/run/s' }),
    ]),
    fakeUpstream([fakeServer('other')], { name: 'single' }),
    fakeUpstream([fakeServer('cloud', { resolves: true })], { name: 'resolved', resolver: 0 }),
  ];
  const groups = new UpstreamGroups({
    probeOf: () => PLAIN_CONNECTION,
    ...{ upstreams, kind: 'http', memory: newPeerMemory(), sessions: new Map(), thread, names, clock: new FakeClock() },
    // Whose answer is waited for.
    namesBy: () => new NameCache(RULES, { ask: () => new Promise(() => undefined) }, new FakeClock()),
    last,
    connections: {
      clock: new FakeClock(),
      onBug: (error) => {
        throw error;
      },
    },
    lookup: async (name) => {
      asked.push(name);
      return later;
    },
    log: (level, text) => logged.push(`${level}: ${text}`),
  });
  return { groups, logged, asked };
}

test('each address of a name is a peer, with the name that logs have', () => {
  const { groups } = make(new Map([['app', ['192.0.2.1', '2001:db8::1']]]));
  deepEqual(
    groups.groups[0]?.peers.map(({ name }) => name),
    ['192.0.2.1:8000', '[2001:db8::1]:8000', '[::1]:81', 'unix:/run/s'],
  );
});

test('a name that is not found is told once, looked up again, and has its peers then', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { groups, logged, asked } = make(new Map([['app', { code: 'ENOTFOUND' }]]), ['192.0.2.9']);
  const [, single] = groups.groups;
  if (single === undefined) {
    throw new Error('there are two groups');
  }
  groups.begin();
  match(
    logged.join('\n'),
    /^warning: host not found in upstream "app": app \(ENOTFOUND\).*\n.*"single": other \(no name server answers\)/,
  );
  equal(chosen(single, 1), 'undefined');
  context.mock.timers.tick(5000);
  await new Promise(setImmediate);
  deepEqual(asked, ['app', 'other']);
  equal(chosen(single, 1), '192.0.2.9:80');
  equal(logged.length, 4);
  context.mock.timers.tick(60_000);
  equal(asked.length, 2);
  groups.close();
});

test('other threads do not tell it too, and nothing is looked up behind the end of a plan', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { groups, logged, asked } = make(new Map(), { code: 'ENOTFOUND' }, 1);
  groups.begin();
  groups.close();
  context.mock.timers.tick(100_000);
  deepEqual([logged, asked], [[], []]);
});

test('a new plan begins with what was known last, and a name of many addresses takes the room of no other', () => {
  const last = new LastAnswers();
  const servers = Array.from({ length: 1500 }, (_, index) => ({ address: `10.0.${index >> 8}.${index & 255}` }));
  last.keep('http resolved cloud ', servers);
  const { groups, logged } = make(
    new Map([
      ['app', []],
      ['other', []],
    ]),
    [],
    0,
    last,
  );
  equal(groups.groups[2]?.peers.length, 1000);
  groups.begin();
  deepEqual(logged, ['warning: upstream "resolved": there is no room for 500 of its servers']);
  groups.close();
});
