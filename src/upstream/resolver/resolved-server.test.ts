import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fakeServer } from '../peers/fake-upstream.ts';
import type { NameAnswer, NameCache } from './name-cache.ts';
import { ResolvedServer } from './resolved-server.ts';

test('a name is looked up again when its addresses are too old, and what has changed is told', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const heard: string[] = [];
  let [last, nowMs]: [NameAnswer | undefined, number] = [undefined, 0];
  const answers: NameAnswer[] = [
    { kind: 'found', servers: [{ address: 'a' }], untilMs: 1000 },
    { kind: 'found', servers: [{ address: 'a' }], untilMs: 2000 },
    { kind: 'failed', reason: '2: Server failure', isAbsent: false, untilMs: 3000 },
    { kind: 'found', servers: [{ address: 'b' }], untilMs: 4000 },
  ];
  const names = {
    get nowMs() {
      return nowMs;
    },
    last: () => last,
    lookUp: async () => {
      const answer = answers.shift() as NameAnswer;
      heard.push('asked');
      last = answer.kind === 'found' ? answer : last;
      return answer;
    },
  };
  const server = new ResolvedServer(fakeServer('app'), names as unknown as NameCache, {
    onChanged: () => heard.push('changed'),
    onFailed: (text) => heard.push(text),
  });
  const settle = () => new Promise(setImmediate);
  await settle();
  for (let count = 0; count < 3; count += 1) {
    nowMs += 1000;
    context.mock.timers.tick(1001);
    await settle();
  }
  deepEqual(heard, [
    'asked',
    'changed',
    'asked',
    'asked',
    'app could not be resolved (2: Server failure)',
    'asked',
    'changed',
  ]);
  server.close();
  context.mock.timers.tick(10_000);
  await settle();
  deepEqual(heard.length, 7);
});
