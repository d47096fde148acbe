// A real PostgreSQL behind a stream: its clients speak TLS with it through Portico, and find out that it is gone, and back.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Authority } from '../integration/certificates.ts';
import { runFile } from '../integration/file-server.ts';
import { findPort } from '../integration/free-port.ts';
import { makeFolder } from '../integration/server.ts';
import { Postgres } from './postgres.ts';

const run = promisify(execFile);

test('queries of psql go through a stream by TLS that ends in PostgreSQL, which is asked in its own words whether it is well', async () => {
  const folder = makeFolder();
  const authority = new Authority(folder);
  using postgres = await Postgres.make(authority.issue('site'));
  const first = await postgres.start();
  const port = await findPort();
  await using server = await runFile({
    'portico.toml': `
[edge]
threads = 1

[[stream-upstream]]
name = "postgres"
servers = ["127.0.0.1:${postgres.port}"]
# A client that asks for TLS, and the byte by which a server says whether it speaks it.
health-check = { interval = "200ms", send = '\\x00\\x00\\x00\\x08\\x04\\xd2\\x16\\x2f', expect = "S" }

[[stream]]
listen = "127.0.0.1:${port}"
proxy = { to = "postgres", timeout = "1h" }
`,
  });
  const ask = async (query: string): Promise<string> => {
    const where = `host=localhost port=${port} user=shop dbname=postgres sslmode=verify-full sslrootcert=${authority.cert}`;
    return (await run('psql', ['-XAtq', '-c', query, where])).stdout.trim();
  };
  const inTls = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
  assert.equal(await ask(inTls), 't');
  assert.equal(
    await ask(
      "create table item as select generate_series(1, 20000) as n, repeat('x', 40) as t; select sum(n) from item",
    ),
    '200010000',
  );
  assert.equal((await ask('select * from item')).length, 20_000 * 42 + 88_894 - 1);

  // What it has begun is lost when it is killed; nobody is sent to it until it is back.
  const sleeping = ask('select pg_sleep(60)');
  const killed = assert.rejects(sleeping, /server closed the connection|terminating connection/);
  await running(ask);
  first.server.signal('SIGQUIT');
  await killed;
  await first.server.exit;
  await server.logged(/peer is unhealthy: connect\(\) failed \(111: Connection refused\)/);
  await assert.rejects(ask('select 1'), /server closed the connection unexpectedly/);
  await using _second = await postgres.start();
  await server.logged(/peer is healthy/);
  assert.equal(await patiently(() => ask('select count(*) from item')), '20000');
  await first[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Until the query that sleeps has begun. */
async function running(ask: (query: string) => Promise<string>): Promise<void> {
  for (;;) {
    if ((await ask("select count(*) from pg_stat_activity where query = 'select pg_sleep(60)'")) === '1') return;
  }
}

/** A server that has been killed reads its log first, and refuses until then. */
async function patiently(act: () => Promise<string>): Promise<string> {
  for (let left = 100; ; left -= 1) {
    try {
      return await act();
    } catch (error) {
      if (left === 0 || !String(error).includes('starting up')) throw error;
    }
  }
}
