import { deepEqual, equal, notEqual } from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { QuestionType } from '../../protocol/dns/record-types.ts';
import type { NameReply } from './dns-question.ts';
import type { FakeLine } from './fake-name-server.ts';
import { fakeLines } from './fake-name-server.ts';
import { RESOLVER_LIMITS } from './limits.ts';
import { DnsNameServers } from './name-servers.ts';

interface Made {
  readonly lines: FakeLine[];
  readonly logged: string[];
  readonly clock: FakeClock;
  readonly wanted: { isWanted: boolean };
  /** What becomes of the question, when it is known. */
  readonly ask: (name: string, ...types: readonly QuestionType[]) => { replies?: readonly NameReply[] };
  readonly tick: () => void;
}

function make(context: TestContext, ...servers: readonly string[]): Made {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { lines, open } = fakeLines();
  const logged: string[] = [];
  const clock = new FakeClock();
  const wanted = { isWanted: true };
  const names = new DnsNameServers({
    rules: { servers: servers.length === 0 ? ['192.0.2.53:53'] : servers },
    lookup: async () => ({ code: 'ENOTFOUND' }),
    ...{ clock, open, log: (text: string) => logged.push(text) },
  });
  return {
    ...{ lines, logged, clock, wanted },
    ask: (name, ...types) => {
      const asked: { replies?: readonly NameReply[] } = {};
      const question = { name, types: types.length === 0 ? ['A' as const] : types, isWanted: () => wanted.isWanted };
      void names.ask(question).then((replies) => {
        asked.replies = replies;
      });
      return asked;
    },
    tick: () => {
      clock.advance(RESOLVER_LIMITS.askAgainMs);
      context.mock.timers.tick(RESOLVER_LIMITS.askAgainMs);
    },
  };
}

const settle = () => new Promise(setImmediate);
const ONE = { records: [{ type: 'A', value: '192.0.2.1', ttl: 7 }] } as const;
const FOUND = { kind: 'addresses', addresses: ['192.0.2.1'], ttl: 7 };

function failed(code: number): readonly NameReply[] {
  return [{ kind: 'failed', code }];
}

test('both families are asked for at the same time, of one server, with ids at random', async (context) => {
  const { lines, ask } = make(context, '192.0.2.53:53', '::1:5353');
  const asked = ask('app', 'A', 'AAAA');
  deepEqual(
    lines.map((line) => line.asked),
    ['192.0.2.53:53 udp app A', '192.0.2.53:53 udp app AAAA'],
  );
  const ids = new Set<number>();
  for (let count = 0; count < 20; count += 1) {
    ask(`n${count}`);
    ids.add(lines.at(-1)!.sent[0]!.readUInt16BE());
  }
  equal(lines.filter(({ server }) => server.name === '[::1]:5353').length, 10, 'the servers take turns');
  notEqual(ids.size, 1);
  lines[1]?.answer({});
  lines[0]?.answer(ONE);
  await settle();
  deepEqual(asked.replies, [FOUND, { kind: 'none' }]);
  deepEqual([lines[0]?.isClosed, lines[1]?.isClosed], [true, true]);
});

test('a server that does not answer has others asked, is asked again, and is asked last for a while', async (context) => {
  const { lines, ask, tick, clock } = make(context, '192.0.2.1:53', '192.0.2.2:53');
  const asked = ask('app');
  tick();
  tick();
  deepEqual(
    lines.map(({ server, sent }) => [server.host, sent.length]),
    [
      ['192.0.2.1', 2],
      ['192.0.2.2', 1],
    ],
  );
  lines[0]?.answer(ONE);
  await settle();
  deepEqual(asked.replies, [FOUND], 'a late answer counts');
  ask('b');
  ask('c');
  deepEqual(
    lines.slice(2).map(({ server }) => server.host),
    ['192.0.2.1', '192.0.2.1'],
  );
  clock.advance(RESOLVER_LIMITS.silentMs);
  ask('d');
  ask('e');
  deepEqual(new Set(lines.slice(4).map(({ server }) => server.host)).size, 2);
});

test('a failure is an answer; what is not understood is asked of another server', async (context) => {
  const { lines, ask, logged } = make(context, '192.0.2.1:53', '192.0.2.2:53');
  const one = ask('a', 'A', 'AAAA');
  lines[0]?.answer({ code: 2 });
  await settle();
  deepEqual(one.replies, failed(2));
  equal(lines[1]?.isClosed, true);
  const other = ask('b');
  const id = lines[2]!.sent[0]!.readUInt16BE();
  lines[2]?.answer({ code: 1 }, (bytes) => Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(8)]));
  equal(lines[3]?.asked, '192.0.2.1:53 udp b A');
  lines[3]?.answer({ code: 9 });
  await settle();
  deepEqual(other.replies, failed(9));
  equal(logged[0], `DNS error (1: Format error), query id:${id}, name:"b"`);
});

test('what answers another question, or has another id, is told and waited on', async (context) => {
  const { lines, ask, logged } = make(context);
  const asked = ask('app');
  const [line] = lines;
  const id = line!.sent[0]!.readUInt16BE();
  line?.answer(ONE, (bytes) => {
    bytes.writeUInt16BE(id ^ 1, 0);
    return bytes;
  });
  line?.answer(ONE, (bytes) => Buffer.from(bytes.toString('latin1').replace('app', 'bpp'), 'latin1'));
  line?.answer(ONE, (bytes) => bytes.subarray(0, -1));
  line?.answer({ records: [{ type: 'AAAA', value: '::1' }] });
  line?.answer({ code: 3 }, (bytes) => Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(8)]));
  await settle();
  equal(asked.replies, undefined);
  const from = ' while resolving, resolver: 192.0.2.53:53';
  deepEqual(logged, [
    `wrong ident ${id ^ 1} in DNS response for app, expect ${id}${from}`,
    `unexpected DNS response for bpp${from}`,
    `short DNS response${from}`,
    `unexpected AAAA record in DNS response${from}`,
    `unexpected DNS response for app${from}`,
  ]);
  line?.answer({ records: [...ONE.records, { type: 46, value: '00' }] }, (bytes) =>
    Buffer.from(bytes.toString('latin1').replace('app', 'APP'), 'latin1'),
  );
  await settle();
  deepEqual(asked.replies, [FOUND]);
  equal(logged.at(-1), 'unexpected RR type 46 in DNS response');
});

test('somebody who guesses ids is given nothing more to guess', async (context) => {
  const { lines, ask } = make(context);
  const asked = ask('app');
  for (let count = 0; count < RESOLVER_LIMITS.missesMax; count += 1) {
    equal(lines.length, 1);
    lines[0]?.receive(Buffer.alloc(20));
  }
  deepEqual([lines[0]?.isClosed, lines[1]?.asked], [true, '192.0.2.53:53 tcp app A']);
  lines[1]?.answer(ONE);
  await settle();
  deepEqual(asked.replies, [FOUND]);
});

test('an answer that is too long for a datagram is asked for over TCP, of each server', async (context) => {
  const { lines, ask, tick, logged } = make(context, '192.0.2.1:53', '192.0.2.2:53');
  const asked = ask('app');
  lines[0]?.answer({ flags: 0x8380 });
  equal(lines[1]?.asked, '192.0.2.1:53 tcp app A');
  lines[1]?.lose('ECONNREFUSED');
  equal(
    logged[0],
    'connect() to 192.0.2.1:53 failed (111: Connection refused) while resolving, resolver: 192.0.2.1:53',
  );
  lines[2]?.answer({ flags: 0x8380 });
  tick();
  deepEqual(
    lines.slice(2).map((line) => line.asked),
    ['192.0.2.2:53 tcp app A', '192.0.2.1:53 tcp app A'],
  );
  lines[3]?.lose(undefined);
  equal(logged.at(-1), 'name server closed connection while resolving, resolver: 192.0.2.1:53');
  lines.at(-1)?.answer(ONE);
  await settle();
  deepEqual(asked.replies, [FOUND]);
});

test('where nobody listens the next server is asked at once, and all of them again later', async (context) => {
  const { lines, ask, tick, logged } = make(context, '192.0.2.1:53', '192.0.2.2:53');
  const asked = ask('app');
  lines[0]?.lose('ECONNREFUSED');
  lines[1]?.lose('ECONNREFUSED');
  equal(lines.length, 2);
  equal(logged[0], 'recv() failed (111: Connection refused) while resolving, resolver: 192.0.2.1:53');
  tick();
  lines[2]?.answer(ONE);
  await settle();
  deepEqual(asked.replies, [FOUND]);
});

test('a name that nobody waits for is not asked for again, and one that has waited for the longest makes room', async (context) => {
  const { lines, ask, tick, wanted } = make(context);
  const first = ask('first');
  for (let count = 1; count < RESOLVER_LIMITS.questionsMax; count += 1) {
    ask(`n${count}`);
  }
  await settle();
  equal(first.replies, undefined);
  const last = ask('last');
  await settle();
  deepEqual(first.replies, failed(110));
  equal(lines.filter(({ isClosed }) => !isClosed).length, RESOLVER_LIMITS.questionsMax);
  wanted.isWanted = false;
  tick();
  await settle();
  deepEqual(last.replies, failed(110));
  deepEqual([lines.every(({ isClosed }) => isClosed), lines.at(-1)?.sent.length], [true, 1]);
});

test('a name whose server tells of one family alone makes room all the same', async (context) => {
  const { lines, ask } = make(context);
  const half = ask('half', 'A', 'AAAA');
  lines[0]?.answer(ONE);
  for (let count = 1; count < RESOLVER_LIMITS.questionsMax; count += 1) {
    ask(`n${count}`);
  }
  ask('last');
  await settle();
  deepEqual(half.replies, failed(110));
  equal(lines[1]?.isClosed, true);
});
