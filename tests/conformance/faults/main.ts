// Asks servers that misbehave through `portico nginx`, ten thousand times in each way, and watches what stays of it; a few times through Debian's nginx, for what
// clients and the error log are told. Writes docs/upstream-faults.md.
// Usage: node tests/conformance/faults/main.ts [--count N] [--only PATTERN]
//   --count    requests of each kind over HTTP; a twentieth of it over the other protocols.
//   --only     kinds whose name and protocol (`tls closes`) have this; writes no page
// Fails if something stays, or an end differs from nginx's that is not meant to.

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Authority } from '../../integration/certificates.ts';
import { ask, askMany } from './client.ts';
import type { HostileServer, Protocol } from './hostile-server.ts';
import { runHostileServer } from './hostile-server.ts';
import type { FaultKind } from './misbehaviours.ts';
import { KINDS, nameKey, WELL } from './misbehaviours.ts';
import { Places } from './places.ts';
import type { FaultRow, Seen } from './report.ts';
import { faultsOf, GROWN_MB_MAX, namesOf, renderReport } from './report.ts';
import { Stage } from './stage.ts';
import type { WatchedProgram } from './watched-program.ts';
import { wordsOf } from './watched-program.ts';

const PAGE = join(import.meta.dirname, '../../../docs/upstream-faults.md');
const WELL_PATH = '/http/~well~';
const USUAL_COUNT = 10_000;
const AT_ONCE = 200;
const REFEREE_COUNT = 20;
/** Before the first look: code is compiled, buffers have their size, connections are kept. */
const WARM_COUNT = 300;
/** How often a kind is asked again behind which the memory has grown: what was needed for the most connections at a time is kept by malloc, and only a leak grows on. */
const AGAIN_MAX = 2;
/** Requests over HTTP for each over another protocol. */
const OTHERS_PART = 20;
const PROTOCOLS: readonly Protocol[] = ['http', 'tls', 'uwsgi', 'fastcgi', 'scgi', 'memcached'];

const NOT_ASKED: Seen = { endings: new Map(), words: new Map() };

async function see(program: WatchedProgram, kind: FaultKind, path: string, count: number): Promise<Seen> {
  program.newLines();
  let begun = 0;
  const endings = await askMany(count, Math.min(count, AT_ONCE), () => {
    begun += 1;
    if (begun === Math.ceil(count / 2)) {
      kind.meanwhile?.(program);
    }
    return ask(program.port, path, kind.client);
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const words = new Map<string, number>();
  for (const line of program.newLines()) {
    const told = wordsOf(line);
    if (told !== undefined) {
      words.set(told, (words.get(told) ?? 0) + 1);
    }
  }
  return { endings, words };
}

async function run(
  { portico, nginx, apiPort }: Stage,
  kind: FaultKind,
  protocol: Protocol,
  wanted: number,
): Promise<FaultRow> {
  nameKey(kind.name);
  const place = kind.place ?? `${protocol}${kind.location === undefined ? '' : `-${kind.location}`}`;
  const path = `/${place}/~${kind.name}~`;
  const count = Math.min(wanted, kind.countMax ?? wanted);
  const byNginx = kind.isOurs === true ? NOT_ASKED : await see(nginx, kind, path, REFEREE_COUNT);
  await see(portico, kind, path, Math.min(count, WARM_COUNT));
  const { openFiles } = portico;
  let before = portico.memoryMb;
  let byPortico = await see(portico, kind, path, count);
  await portico.settled(openFiles, apiPort);
  for (let again = 0; again < AGAIN_MAX && portico.memoryMb - before > GROWN_MB_MAX; again += 1) {
    before = portico.memoryMb;
    byPortico = await see(portico, kind, path, count);
    await portico.settled(openFiles, apiPort);
  }
  const afterwards = namesOf(await askMany(REFEREE_COUNT, 1, () => ask(portico.port, WELL_PATH)));
  return {
    ...{ kind, protocol, count, byNginx, byPortico },
    openFiles: portico.openFiles - openFiles,
    memoryMb: portico.memoryMb - before,
    active: await portico.activeRequests(apiPort),
    spooled: portico.spooled,
    afterwards,
  };
}

function tell(row: FaultRow, nowMb: number): void {
  const { protocol, kind, byPortico, openFiles, memoryMb } = row;
  const endings = [...byPortico.endings.keys()].join(', ');
  const faults = faultsOf(row).map((text) => `\n  ${text}`);
  const grown = `${memoryMb.toFixed(1)} of ${nowMb.toFixed(0)} MB`;
  console.log(`${protocol} ${kind.name}: ${endings}; ${openFiles} descriptors, ${grown}${faults.join('')}`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { count: { type: 'string' }, only: { type: 'string' } } });
  const count = Number(values.count ?? USUAL_COUNT);
  const only = new RegExp(values.only ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  chmodSync(folder, 0o755);
  const servers = new Map<Protocol, HostileServer>();
  const rows: FaultRow[] = [];
  try {
    const authority = new Authority(folder);
    const { cert, key } = authority.issue('faults.test');
    const misbehaviours = new Map([WELL, ...KINDS].map(({ name, serve }) => [name, serve]));
    for (const protocol of PROTOCOLS) {
      const identity = protocol === 'tls' ? { cert: readFileSync(cert), key: readFileSync(key) } : undefined;
      servers.set(protocol, await runHostileServer(protocol, misbehaviours, identity));
    }
    const ports = new Map(Array.from(servers, ([protocol, { port }]) => [protocol, port]));
    const stranger = new Authority(folder, 'stranger').cert;
    using opened = await Places.open({ servers, authority: authority.cert, stranger });
    const places = opened.list;
    await using usual = await Stage.open(join(folder, 'usual'), { ports, places });
    await using cramped = await Stage.open(join(folder, 'cramped'), { ports, places }, true);
    await askMany(WARM_COUNT, AT_ONCE, () => ask(usual.portico.port, WELL_PATH));
    await askMany(WARM_COUNT, AT_ONCE, () => ask(usual.portico.port, '/tls/~well~'));
    const startMb = usual.portico.memoryMb;
    // HTTP first: what goes wrong is seen early.
    for (const protocol of PROTOCOLS) {
      for (const kind of KINDS.filter(({ protocols }) => protocols.includes(protocol))) {
        if (only.test(`${protocol} ${kind.name}`)) {
          const stage = kind.isCramped === true ? cramped : usual;
          const row = await run(stage, kind, protocol, protocol === 'http' ? count : Math.ceil(count / OTHERS_PART));
          rows.push(row);
          tell(row, stage.portico.memoryMb);
          if (values.only === undefined) {
            // A run takes half an hour: what it has seen until it is ended is there.
            writeFileSync(PAGE, renderReport(rows, { startMb, endMb: usual.portico.memoryMb }));
          }
        }
      }
    }
    return rows.every((row) => faultsOf(row).length === 0) ? 0 : 1;
  } finally {
    for (const server of servers.values()) {
      server[Symbol.dispose]();
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
process.exit();
