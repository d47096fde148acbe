// HUP with open WebSockets: who is connected stays with the version that it knows, who comes gets the next one, and no message is lost.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { WebSocketClient } from '../conformance/websocket-client.ts';
import { Talkers, talkingApp } from '../conformance/websocket-talkers.ts';
import { failures, Load } from './load.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const CROWD = { count: 200, pauseMs: 20, ahead: 3 };

async function reload(server: Server, source: string, outcome = /INFO .*reloaded/): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'app.py'), source);
  server.signal('SIGHUP');
  await server.logged(outcome, 15_000, from);
}

/** The log may be a moment ahead of the edge. */
async function versionOfNext(server: Server): Promise<string> {
  using client = await WebSocketClient.open(server.port);
  client.text('0');
  return (await client.told()).split(' ')[1] ?? '';
}

for (const edgeThreads of ['1', '2']) {
  test(`200 WebSockets talk through four reloads, one of them broken, on ${edgeThreads} edge threads`, async () => {
    const args = ['--workers', '2', '--edge-threads', edgeThreads];
    await using server = await serve({ app: talkingApp(1), args });
    using talkers = await Talkers.open(server.port, CROWD);
    using load = new Load(server, { connections: 4, target: () => '/' });
    await until('they talk', () => talkers.got > 2 * CROWD.count);
    const workers = server.workerPids;
    for (const version of [2, 3, 4, 5]) {
      const before = talkers.got;
      if (version === 4) {
        await reload(server, 'broken(', /could not be loaded/);
        assert.equal(await versionOfNext(server), '3');
      } else {
        await reload(server, talkingApp(version));
        await until('the next version serves', () => load.asked.at(-1)?.body.startsWith(`${version} `) === true);
        assert.equal(await versionOfNext(server), `${version}`);
      }
      await until('they still talk', () => talkers.got > before + 2 * CROWD.count);
    }
    assert.deepEqual(failures(await load.stop()), []);
    await talkers.stop();
    await until('all is answered', () => talkers.got === talkers.sent);
    assert.deepEqual(talkers.ends, {});
    assert.ok(talkers.all.every(({ version, pid }) => version === '1' && workers.includes(pid)));
    for (const { client } of talkers.all) client.close(1000);
    await until('they are closed', () => talkers.ends['close 1000'] === CROWD.count);
    await until('only the new workers are left', () => server.workerPids.length === 2);
    assert.doesNotMatch(server.log, / ERROR edge/);
  });
}

test('after --drain-timeout the WebSockets of the old version are closed with 1012, and no others', async () => {
  await using server = await serve({ app: talkingApp(1), args: ['--drain-timeout', '1s'] });
  using old = await Talkers.open(server.port, { ...CROWD, count: 20 });
  await until('they talk', () => old.all.every(({ got }) => got > 0));
  const [worker] = server.workerPids;
  await reload(server, talkingApp(2));
  while ((await versionOfNext(server)) !== '2') {
    assert.deepEqual(old.ends, {}, 'the next version serves before the old one is closed');
  }
  using young = await Talkers.open(server.port, { ...CROWD, count: 20 });
  await until('they are closed', () => old.ends['close 1012'] === 20);
  await until('the old worker is gone', () => server.workerPids.every((pid) => pid !== worker));
  await until('the others talk', () => young.all.every(({ got }) => got > 10));
  assert.deepEqual(young.ends, {});
  assert.ok(young.all.every(({ version }) => version === '2'));
  assert.doesNotMatch(server.log, / ERROR edge/);
});

test('a client that does not answer the 1012 does not keep the old worker', async () => {
  await using server = await serve({ app: talkingApp(1), args: ['--drain-timeout', '500ms'] });
  using silent = await WebSocketClient.open(server.port);
  silent.answers = false;
  const [worker] = server.workerPids;
  await reload(server, talkingApp(2));
  assert.equal(await silent.told(), 'close 1012 service restart');
  await until('the old worker is gone', () => server.workerPids.every((pid) => pid !== worker));
  assert.equal(await silent.told(), 'lost');
});
