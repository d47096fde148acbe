// More than can wait is refused at once, with a time to come back, and the log is told once a second, not once a request.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client } from './client.ts';
import type { Server } from './server.ts';
import { serve } from './server.ts';

/** Runs until the file `go` is there, so that nothing here depends on how fast the machine is. */
const APP = `
import os, time

def application(environ, start):
    print('began', environ['PATH_INFO'], flush=True)
    while environ['PATH_INFO'] == '/hold' and not os.path.exists('go'):
        time.sleep(0.01)
    start('200 OK', [])
    return [environ['PATH_INFO'].encode()]
`;

async function send(server: Server, target: string): Promise<Client> {
  const client = await Client.open(server.port);
  client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return client;
}

test('the queue takes what it may, the rest gets 503 with Retry-After, and what waited is answered in its order', async () => {
  await using server = await serve({ app: APP, args: ['--queue', '3'] });
  using running = await send(server, '/hold');
  await server.logged(/began \/hold/);
  const waiting: Client[] = [];
  for (let number = 0; number < 3; number += 1) waiting.push(await send(server, `/${number}`));
  for (let number = 0; number < 40; number += 1) {
    const answer = await server.ask('/refused');
    assert.equal(answer.status, 503);
    assert.match(answer.fields.get('retry-after') ?? '', /^\d+$/);
  }
  await server.logged(/WARNING .*503.*limit 3/);
  const lines = server.log.match(/WARNING .*503/g) ?? [];
  assert.ok(lines.length <= 2, lines.join('\n'));
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await running.read()).status, 200);
  for (const [number, client] of waiting.entries()) assert.equal((await client.read()).body, `/${number}`);
  assert.doesNotMatch(server.log, /began \/refused/);
  assert.equal((await server.ask('/after')).status, 200);
});

test('what has waited for --queue-timeout gets 503 and never runs', async () => {
  await using server = await serve({ app: APP, args: ['--queue-timeout', '300ms'] });
  using running = await send(server, '/hold');
  await server.logged(/began \/hold/);
  using late = await send(server, '/late');
  const answer = await late.read();
  assert.equal(answer.status, 503);
  assert.match(answer.fields.get('retry-after') ?? '', /^\d+$/);
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await running.read()).status, 200);
  assert.equal((await server.ask('/after')).status, 200);
  assert.doesNotMatch(server.log, /began \/late/);
});

test('a client that leaves while it waits is never run, and its place is free', async () => {
  await using server = await serve({ app: APP, args: ['--queue', '2'] });
  using running = await send(server, '/hold');
  await server.logged(/began \/hold/);
  for (let turn = 0; turn < 10; turn += 1) {
    const leaving = [await send(server, '/left'), await send(server, '/left')];
    // A third is refused once both have their place in the queue, which is then full.
    for (let status = 0; status !== 503; ) {
      using probe = await send(server, '/probe');
      status = await Promise.race([
        probe.read().then((answer) => answer.status),
        new Promise<number>((done) => setTimeout(done, 100, 0)),
      ]);
    }
    for (const client of leaving) client.close();
  }
  using patient = await send(server, '/patient');
  writeFileSync(join(server.folder, 'go'), '');
  assert.equal((await running.read()).status, 200);
  assert.equal((await patient.read()).body, '/patient');
  assert.doesNotMatch(server.log, /began \/(left|probe)/);
});
