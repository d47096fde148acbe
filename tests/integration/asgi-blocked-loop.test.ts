// An application that blocks its event loop: the log says where, what the worker had begun fails, and another takes its place.

import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { Talkers, talkingApp } from '../conformance/websocket-talkers.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

test('a loop that stands is reported with its place, given up after --timeout, and replaced', async () => {
  await using server = await serve({ app: talkingApp(1), args: ['--workers', '2', '--timeout', '1s'] });
  using talkers = await Talkers.open(server.port, { count: 40, pauseMs: 20, ahead: 3 });
  await until('they talk', () => talkers.all.every(({ got }) => got > 3));
  const before = server.workerPids;
  const began = performance.now();
  const answer = await server.ask('/block');
  const tookMs = performance.now() - began;
  assert.equal(answer.status, 504);
  assert.ok(tookMs > 900 && tookMs < 4000, `${tookMs} ms`);
  await server.logged(/ERROR .*event loop of worker w\d.*1\.\d s.*GET \/block.*504/);
  await server.logged(/app\.py", line \d+ in application/);
  await until('it is replaced', () => {
    const left = before.filter((pid) => server.workerPids.includes(pid));
    return left.length === 1 && server.workerPids.length === 2;
  });
  const victim = before.find((pid) => !server.workerPids.includes(pid)) ?? 0;
  const mine = talkers.all.filter(({ pid }) => pid === victim);
  assert.ok(mine.length > 5 && mine.length < 35, `${mine.length}`);
  await until('its WebSockets are closed', () => mine.every(({ end }) => end !== undefined));
  assert.deepEqual(talkers.ends, { 'close 1012': mine.length });
  const [got, others] = [talkers.got, talkers.all.length - mine.length];
  await until('the others talk', () => talkers.got > got + 2 * others);
  for (let turn = 0; turn < 10; turn += 1) assert.equal((await server.ask('/')).status, 200);
});
