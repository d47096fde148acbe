// --max-requests with open WebSockets: they stay with a worker that is replaced, and new ones come to the next.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocketClient } from '../conformance/websocket-client.ts';
import { Talkers, talkingApp } from '../conformance/websocket-talkers.ts';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

test('a worker is replaced again and again under load: no request is lost, and no WebSocket closed', async () => {
  const args = ['--max-requests', '200', '--edge-threads', '2'];
  await using server = await serve({ app: talkingApp(1), args });
  using talkers = await Talkers.open(server.port, { count: 50, pauseMs: 20, ahead: 3 });
  const first = server.workerPids;
  using load = new Load(server, { connections: 8, method: 'POST', target: () => '/' });
  await load.reach(2000);
  const asked = await load.stop();
  assert.deepEqual(failures(asked), []);
  const pids = new Set(asked.map(({ body }) => body.split(' ')[1]));
  assert.ok(pids.size > 4, `${pids.size} workers`);
  await talkers.stop();
  await until('all is answered', () => talkers.got === talkers.sent);
  assert.deepEqual(talkers.ends, {});
  assert.ok(talkers.all.every(({ pid }) => first.includes(pid)));
  using next = await WebSocketClient.open(server.port);
  next.text('0');
  assert.equal(first.includes(Number((await next.told()).split(' ')[2])), false);
  for (const { client } of talkers.all) client.close(1000);
  await until('the first worker is gone', () => first.every((pid) => !server.workerPids.includes(pid)));
  assert.doesNotMatch(server.log, /ERROR|Traceback/);
});
