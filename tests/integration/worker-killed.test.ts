// kill -9 on workers under load: the request that ran is lost and told so, everything else is answered, and nothing unsafe runs twice.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

/** Each request that begins is written down at once, by its own write. */
const APP = `
import os, time
journal = os.open('journal', os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def application(environ, start):
    os.write(journal, environ['PATH_INFO'].encode() + b'\\n')
    if environ['QUERY_STRING']:
        time.sleep(float(environ['QUERY_STRING']))
    start('200 OK', [])
    return [environ['PATH_INFO'].encode()]
`;
const KILLS = 4;

for (const [method, edgeThreads] of [
  ['POST', '1'],
  ['GET', '1'],
  ['POST', '2'],
  ['GET', '2'],
] as const) {
  test(`${method} with ${edgeThreads} edge threads`, async () => {
    const args = ['--workers', '2', '--edge-threads', edgeThreads];
    await using server = await serve({ app: APP, args });
    // Most are fast, so that some are always sent ahead; some take long enough to be hit.
    const target = (connection: number, turn: number) => `/${connection}-${turn}${turn % 20 === 7 ? '?0.02' : ''}`;
    using load = new Load(server, { connections: 12, method, target });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      await load.reach(kill * 300);
      await until('both workers run', () => server.workerPids.length === 2);
      const [victim = 0] = server.workerPids;
      process.kill(victim, 'SIGKILL');
      await until('it is replaced', () => !server.workerPids.includes(victim) && server.workerPids.length === 2);
    }
    await load.reach(load.asked.length + 300);
    const asked = await load.stop();
    const lost = failures(asked);
    assert.ok(lost.length <= KILLS, JSON.stringify(lost));
    for (const { status } of lost) assert.equal(status, 502, JSON.stringify(lost));
    assert.ok(asked.every(({ target: sent, status, body }) => status !== 200 || body === sent.split('?')[0]));
    const journal = readFileSync(join(server.folder, 'journal'), 'latin1').trimEnd().split('\n');
    const twice = journal.filter((path, index) => journal.indexOf(path) !== index);
    // A safe one may run again if its answer was not sent yet.
    if (method === 'POST') assert.deepEqual(twice, []);
    const missing = asked.filter(
      ({ target: sent, status }) => status === 200 && !journal.includes(sent.split('?')[0] ?? ''),
    );
    assert.deepEqual(missing, []);
  });
}
