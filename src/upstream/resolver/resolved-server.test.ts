import { deepEqual } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { fakeServer } from '../peers/fake-upstream.ts';
import { LastAnswers } from './last-answers.ts';
import type { FoundServer, NameAnswer, NameCache } from './name-cache.ts';
import { ResolvedServer } from './resolved-server.ts';

const UNKNOWN: NameAnswer = { kind: 'failed', reason: '2: Server failure', isAbsent: false };
const ABSENT: NameAnswer = { kind: 'failed', reason: '3: Host not found', isAbsent: true };

function found(...addresses: readonly string[]): NameAnswer {
  return { kind: 'found', servers: addresses.map((address) => ({ address })), untilMs: 1000 };
}

function addressesOf(servers: readonly FoundServer[]): string {
  return servers.map(({ address }) => address).join();
}

interface Watched {
  readonly heard: string[];
  readonly server: ResolvedServer;
  readonly pass: (ms: number) => Promise<void>;
}

/** What it hears, with the addresses that there are then. Each answer holds for a second. */
async function watch(
  context: TestContext,
  answers: NameAnswer[],
  { service = '', validMs }: { readonly service?: string; readonly validMs?: number } = {},
): Promise<Watched> {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const heard: string[] = [];
  const last = new LastAnswers();
  const names: Pick<NameCache, 'nowMs' | 'rules' | 'lookUp'> = {
    nowMs: 0,
    rules: { servers: [], asksIpv4: true, asksIpv6: true, timeoutMs: 4000, ...(validMs && { validMs }) },
    lookUp: async () => {
      heard.push('asked');
      return answers.length > 1 ? answers.shift()! : answers[0]!;
    },
  };
  const server = new ResolvedServer({
    ...{ server: fakeServer('app', { service }), names: names as NameCache, last, key: 'key' },
    onChanged: () => heard.push(`now ${addressesOf(last.of('key'))}`),
    onFailed: (text) => heard.push(text),
  });
  const settle = () => new Promise(setImmediate);
  await settle();
  const pass = async (ms: number) => {
    context.mock.timers.tick(ms);
    await settle();
  };
  return { heard, server, pass };
}

test('a name is looked up again when its addresses are too old, and what has changed is told', async (context) => {
  const { heard, server, pass } = await watch(context, [found('a', 'b'), found('b', 'a'), found('b')]);
  for (let count = 0; count < 3; count += 1) {
    await pass(1001);
  }
  deepEqual(heard, ['asked', 'now a,b', 'asked', 'asked', 'now b', 'asked']);
  server.close();
  await pass(10_000);
  deepEqual(heard.length, 6);
});

test('what nobody can tell anything about stays as it is for as long as it takes, and what is absent goes', async (context) => {
  const { heard, pass } = await watch(context, [found('a'), UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, ABSENT, found('a')]);
  await pass(1001);
  const failed = 'app could not be resolved (2: Server failure)';
  for (const ms of [1000, 2000, 4000, 4000]) {
    await pass(ms - 1);
    await pass(1);
  }
  const absent = 'app could not be resolved (3: Host not found)';
  deepEqual(heard, [
    ...['asked', 'now a', 'asked', failed, 'asked', failed, 'asked', failed, 'asked', failed],
    ...['asked', absent, 'now '],
  ]);
});

test('a name that is absent is asked for again within the time that answers hold', async (context) => {
  const { heard, pass } = await watch(context, [ABSENT], { validMs: 1000 });
  await pass(1000);
  await pass(1000);
  deepEqual(heard.filter((each) => each === 'asked').length, 3);
});

test('which server of a service is lost is told', async (context) => {
  const lost = ['one could not be resolved (2: Server failure)'];
  const { heard } = await watch(context, [{ ...UNKNOWN, lost }], { service: 'http' });
  deepEqual(heard, [
    'asked',
    'one could not be resolved (2: Server failure) while resolving service http of app',
    'service http of app could not be resolved (2: Server failure)',
  ]);
});
