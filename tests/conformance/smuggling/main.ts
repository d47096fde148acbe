// Attacks real servers through `portico nginx` by requests that two servers could see differently, compares what was seen on both sides, and writes
// docs/smuggling-conformance.md. Usage: node tests/conformance/smuggling/main.ts [--random COUNT] [--seed N] [--only NAME]
//   --random   so many attacks with bytes changed, beside those that are written down, for each server
//   --seed     of these
//   --only     one server; writes no page
// Fails if something was seen differently.

import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { makeEnvironment } from '../../../tools/python-environment.ts';
import { runNginx } from '../../integration/nginx-server.ts';
import { attacksOn, HIDDEN, keysOn, mutate } from './attacks.ts';
import type { Passed, Seen } from './judge.ts';
import { judge, mixedAnswers } from './judge.ts';
import { countCommands, store } from './memcached.ts';
import type { Row } from './report.ts';
import { renderReport } from './report.ts';
import type { Behind, Servers } from './servers.ts';
import { startServers } from './servers.ts';

const PAGE = join(import.meta.dirname, '../../../docs/smuggling-conformance.md');
/** A server sees some six hundred a second; all of them take four minutes. */
const RANDOM_COUNT = 1000;
const CLIENTS = 12;
/** Behind the last byte that has come, when more is waited for that an attack has made a part of its body. */
const SILENCE_MS = 300;
const SHOWN_MAX = 20;
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';

/** The bytes that come back. */
function attack(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => socket.destroy()).on('close', () => resolve(answer));
    socket.write(bytes + HIDDEN + LAST, 'latin1');
  });
}

async function attackAll(port: number, attacks: readonly string[]): Promise<string[]> {
  const waiting = attacks.values();
  const faults: string[] = [];
  const next = async (): Promise<void> => {
    for (const bytes of waiting)
      faults.push(...mixedAnswers(await attack(port, bytes)).map((fault) => `${fault}: ${JSON.stringify(bytes)}`));
  };
  await Promise.all(Array.from({ length: CLIENTS }, next));
  return faults;
}

function readLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'latin1')
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

/** Until nothing more is written there. */
async function settle(path: string): Promise<void> {
  for (let before = -1, now = 0; before !== now; before = now, now = readFileSync(path).length) await delay(1000);
}

async function attackServer(server: Behind, servers: Servers, attacks: readonly string[]): Promise<Row> {
  await using front = await runNginx(
    `access_log access.log passed;
     client_header_timeout 1s; client_body_timeout 1s; proxy_next_upstream off; uwsgi_next_upstream off; fastcgi_next_upstream off; scgi_next_upstream off; memcached_next_upstream off;
     proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Id $request_id; proxy_set_header X-Line "$request_method $request_uri"; proxy_set_header X-Real-IP $remote_addr;
     add_header X-Rid $request_id always;
     location / { ${server.directives} }
     location /refused/ { return 404; }`,
    {},
    {
      http: `log_format passed escape=json '{"id":"$request_id","method":"$request_method","target":"$request_uri","body":"$request_body","status":"$status","asked":"$upstream_status"}';
${servers.upstreams}`,
    },
  );
  writeFileSync(servers.seenPath, '');
  const mixed = await attackAll(front.port, attacks);
  const log = join(front.server.folder, 'access.log');
  await settle(log);
  const all = readLines<Passed & { readonly asked: string }>(log);
  const seen = readLines<Seen>(servers.seenPath);
  // A body that is not collected is no variable here.
  const isStreamed = server.directives.includes('buffering off');
  const judged = isStreamed ? seen.map((one) => ({ ...one, body: undefined })) : seen;
  const crashed =
    /internal error|exited with code/.exec(front.server.log) === null ? [] : [`an error of ours: ${front.server.log}`];
  const passed = all.filter(({ asked }) => asked !== '' && asked !== '-').length;
  const isBlind = !server.name.startsWith('memcached') && seen.length < passed / 2;
  return {
    what: server.what,
    attacks: attacks.length,
    requests: all.length,
    passed,
    seen: seen.length,
    faults: [
      ...judge(all, judged),
      ...mixed,
      ...crashed,
      ...servers.ended,
      ...(isBlind ? ['too few were seen to tell'] : []),
    ],
  };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { random: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
  });
  const seed = Number(values.seed ?? 1);
  const fault = await makeEnvironment('.venv/bin/python', 'var/peers', 'tests/peers/requirements.txt');
  if (fault !== undefined) throw new Error(fault);
  await using servers = await startServers();
  await store(servers.memcachedPort, 'canary', 'alive');
  const before = await countCommands(servers.memcachedPort);
  const rows: Row[] = [];
  for (const server of servers.behind.filter(({ name }) => values.only === undefined || name === values.only)) {
    const path = `/${server.name}/`;
    const written = [...attacksOn(path), ...(server.name.startsWith('memcached') ? keysOn(path) : [])];
    const attacks = [...written, ...mutate(written, Number(values.random ?? RANDOM_COUNT), seed)];
    const row = await attackServer(server, servers, attacks);
    rows.push(row);
    console.log(
      `${row.what}: ${row.attacks} attacks, ${row.passed} of ${row.requests} requests passed on, ${row.seen} seen, ${row.faults.length} faults`,
    );
    for (const text of row.faults.slice(0, SHOWN_MAX)) console.log(`  ${text}`);
  }
  const after = await countCommands(servers.memcachedPort);
  const injected = before === after ? [] : [`memcached was told more than to get: ${before} before, ${after} after`];
  for (const text of injected) console.log(text);
  if (values.only === undefined) writeFileSync(PAGE, renderReport(rows, { seed, injected }));
  return injected.length + rows.reduce((sum, { faults }) => sum + faults.length, 0) === 0 ? 0 : 1;
}

process.exitCode = await main();
