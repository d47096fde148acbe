import { deepEqual, equal } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { AUTHORITY, CERTIFICATE } from '../../protocol/ocsp/fake-answer.ts';
import type { CertificateStatus } from '../../protocol/ocsp/ocsp-response.ts';
import type { OcspWord } from '../../upstream/ocsp/ask-authority.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { ExpiringTable, newTableMemory, STATUSES } from '../shared/expiring-table.ts';
import type { ClientChain } from './client-chain.ts';
import type { ClientStatusesParts, StatusRules } from './client-statuses.ts';
import { ClientStatuses } from './client-statuses.ts';

const certificate = new X509Certificate(CERTIFICATE);
const authority = new X509Certificate(AUTHORITY);
const CHAIN: ClientChain = { certificates: [certificate, authority], isWhole: true };
const LEAF: StatusRules = {
  ...{ clientStatus: 'leaf', clientResponder: '', clientResolver: undefined, clientStatusCache: '' },
};
const KEPT: StatusRules = { ...LEAF, clientStatusCache: 'one' };
const HOUR_MS = 3_600_000;

// Nothing else of the answer is looked at.
const wordOf = (status: CertificateStatus, nextUpdateMs?: number): OcspWord =>
  ({ single: { status, nextUpdateMs } }) as unknown as OcspWord;

function begin(ask: ClientStatusesParts['ask'] = () => Promise.resolve(success(wordOf('good')))) {
  const told: string[] = [];
  const asked: string[] = [];
  const clock = new FakeClock();
  const statuses = new ClientStatuses({
    table: new ExpiringTable(newTableMemory(STATUSES), STATUSES),
    clock,
    ask: (subject, asking) => {
      asked.push(asking.responder);
      return ask(subject, asking);
    },
    lookupBy: () => () => undefined,
    faults: { tell: (_, fault) => void told.push(fault) },
  });
  const check = (rules: Partial<StatusRules> = {}, chain = CHAIN): Promise<string | undefined> =>
    statuses.check('192.0.2.1', chain, { ...LEAF, ...rules });
  return { told, asked, clock, check };
}

test('ClientStatuses lets in whom the authority says is good, and says of others what nginx says', async () => {
  const ways = [
    ['good', undefined],
    ['revoked', 'certificate revoked'],
    ['unknown', 'certificate status unknown'],
  ] as const;
  for (const [status, expected] of ways) {
    const { check, told } = begin(() => Promise.resolve(success(wordOf(status))));
    equal(await check(), expected);
    deepEqual(told, []);
  }
});

test('ClientStatuses refuses whom nothing is known about, and the log says why', async () => {
  const { check, told } = begin(() => Promise.resolve(failure('OCSP responder timed out')));
  equal(await check(), 'certificate status request failed');
  deepEqual(told, [
    'OCSP responder timed out while requesting certificate status, client: 192.0.2.1, responder: 127.0.0.1:1',
  ]);
});

test('ClientStatuses asks whom the certificate names, or the one that is named', async () => {
  const { check, asked } = begin();
  await check();
  await check({ clientResponder: 'http://b.test/' });
  deepEqual(asked, ['http://127.0.0.1:1/ocsp', 'http://b.test/']);
});

test('ClientStatuses asks about each certificate of the chain but the root, where it is told to', async () => {
  const long = { certificates: [certificate, certificate, authority], isWhole: true };
  const { check, asked } = begin();
  await check({ clientStatus: 'chain', clientStatusCache: 'one' }, long);
  equal(asked.length, 2);
  await check({}, long);
  equal(asked.length, 3);
  equal(await check({ clientStatus: 'chain' }, { certificates: [authority], isWhole: true }), undefined);
  equal(asked.length, 3);
});

test('ClientStatuses believes no chain with a signature that is not good', async () => {
  const { check, asked } = begin();
  equal(await check({}, { ...CHAIN, isWhole: false }), 'certificate status request failed');
  deepEqual(asked, []);
});

test('ClientStatuses asks for each connection anew, unless answers are kept', async () => {
  const { check, asked, clock } = begin(() => Promise.resolve(success(wordOf('revoked', clock.nowMs() + HOUR_MS))));
  await check();
  await check();
  equal(asked.length, 2);
  await check(KEPT);
  equal(await check(KEPT), 'certificate revoked');
  equal(asked.length, 3);
  await check({ ...KEPT, clientStatusCache: 'two' });
  equal(asked.length, 4);
  clock.advance(HOUR_MS + 1000);
  await check(KEPT);
  equal(asked.length, 5);
});

test('ClientStatuses keeps an answer without an end for an hour, and none for longer than a day', async () => {
  for (const [nextUpdateMs, keptMs] of [
    [undefined, HOUR_MS],
    [Number.MAX_SAFE_INTEGER, 24 * HOUR_MS],
  ] as const) {
    const { check, asked, clock } = begin(() => Promise.resolve(success(wordOf('good', nextUpdateMs))));
    await check(KEPT);
    clock.advance(keptMs - 2000);
    await check(KEPT);
    equal(asked.length, 1);
    clock.advance(3000);
    await check(KEPT);
    equal(asked.length, 2);
  }
});

test('ClientStatuses shares a question that is under way, and has so many asked at a time', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { check, asked } = begin(() => promise.then(() => success(wordOf('good'))));
  const same = [check(), check(), check()];
  await immediate();
  equal(asked.length, 1);
  const others = Array.from({ length: 2 * EDGE_LIMITS.clientStatusAsksMax }, (_, at) =>
    check({ clientResponder: `http://${at}.test/` }),
  );
  await immediate();
  equal(asked.length, EDGE_LIMITS.clientStatusAsksMax);
  resolve();
  deepEqual(new Set(await Promise.all([...same, ...others])), new Set([undefined]));
});
