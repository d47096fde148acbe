// kill -9 on a worker with an event loop: what it ran is lost and told so, once; everything else goes on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Talkers, talkingApp } from '../conformance/websocket-talkers.ts';
import { Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

for (const edgeThreads of ['1', '2']) {
  test(`its WebSockets get 1012, its requests 502, others nothing, on ${edgeThreads} edge threads`, async () => {
    const args = ['--workers', '2', '--edge-threads', edgeThreads];
    await using server = await serve({ app: talkingApp(1), args });
    using talkers = await Talkers.open(server.port, { count: 100, pauseMs: 20, ahead: 3 });
    const hanging = await Promise.all(Array.from({ length: 20 }, () => server.connect()));
    for (const client of hanging) client.send('GET /hang HTTP/1.1\r\nHost: a\r\n\r\n');
    using load = new Load(server, { connections: 8, method: 'POST', target: () => '/' });
    await load.reach(100);
    await until('they talk', () => talkers.all.every(({ got }) => got > 3));
    const [victim = 0] = server.workerPids;
    const mine = talkers.all.filter(({ pid }) => pid === victim);
    const others = talkers.all.filter(({ pid }) => pid !== victim);
    assert.ok(mine.length > 20 && others.length > 20, `${mine.length} and ${others.length}`);
    process.kill(victim, 'SIGKILL');
    await until('its own are closed', () => mine.every(({ end }) => end !== undefined));
    await until('it is replaced', () => !server.workerPids.includes(victim) && server.workerPids.length === 2);
    await load.reach(load.asked.length + 100);
    const before = talkers.got;
    await until('the others talk', () => talkers.got > before + 2 * others.length);
    assert.deepEqual(talkers.ends, { 'close 1012': mine.length });
    assert.ok(mine.every(({ end }) => end === 'close 1012'));
    const asked = await load.stop();
    const lost = asked.filter(({ status }) => status !== 200);
    // What it had begun: no more than the connections had under way.
    assert.ok(lost.length <= 8 && lost.every(({ status }) => status === 502), JSON.stringify(lost));
    const answered = hanging.filter(({ received }) => received.startsWith('HTTP/1.1 502 '));
    assert.ok(answered.length > 2 && answered.length < 18, `${answered.length} of 20`);
    assert.equal(hanging.filter(({ received }) => received !== '').length, answered.length);
    for (const client of hanging) client.close();
  });
}
