// Runs the Autobahn test suite, a peer that is not ours, against an application that sends messages back: groups 1 to 13, some 500 cases.
// Usage: node tests/conformance/websocket-autobahn.ts [CASES …], as in "1.*" or "13.7.18". It needs Python 2.7 (PYTHON27, or pyenv's);
// the suite is installed into var/autobahn, where its report is found afterwards. Fails on any case that is not OK, NON-STRICT or
// INFORMATIONAL.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../integration/server.ts';

const SUITE = 'autobahntestsuite==25.10.1';
const FOLDER = join(import.meta.dirname, '../../var/autobahn');
const PACKAGES = join(FOLDER, 'packages');
const REPORTS = join(FOLDER, 'reports');
const INDEX = join(REPORTS, 'index.json');
/** The largest message of group 9. */
const MESSAGE_MAX = '16M';
const GOOD = new Set(['OK', 'NON-STRICT', 'INFORMATIONAL']);

const ECHO = `
async def application(scope, receive, send):
    if scope['type'] != 'websocket':
        raise NotImplementedError
    await receive()
    await send({'type': 'websocket.accept'})
    while (message := await receive())['type'] == 'websocket.receive':
        await send({**message, 'type': 'websocket.send'})
`;

/** Its packages are a site folder: some of them are named in .pth files. */
const RUN = 'import site, sys; site.addsitedir(sys.argv.pop(1)); from autobahntestsuite.wstest import run; run()';

interface CaseResult {
  readonly behavior: string;
  readonly behaviorClose: string;
}

function findPython(): string | undefined {
  const own = process.env['PYTHON27'];
  const candidates = [
    ...(own === undefined ? [] : [own]),
    ...globSync(join(homedir(), '.pyenv/versions/2.7.*/bin/python')),
    'python2.7',
  ];
  return candidates.find((path) => spawnSync(path, ['-c', 'import pip']).status === 0);
}

function install(python: string): void {
  if (existsSync(join(PACKAGES, 'autobahntestsuite'))) return;
  mkdirSync(PACKAGES, { recursive: true });
  const args = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', PACKAGES, SUITE];
  if (spawnSync(python, args, { stdio: 'inherit' }).status !== 0) {
    rmSync(PACKAGES, { recursive: true });
    throw new Error(`${SUITE} could not be installed`);
  }
}

async function runSuite(python: string, cases: readonly string[]): Promise<void> {
  await using server = await serve({ app: ECHO, args: ['--ws-max-size', MESSAGE_MAX] });
  rmSync(REPORTS, { recursive: true, force: true });
  const specification = join(FOLDER, 'cases.json');
  const servers = [{ agent: 'Portico', url: `ws://127.0.0.1:${server.port}`, options: { version: 18 } }];
  writeFileSync(specification, JSON.stringify({ outdir: REPORTS, servers, cases, 'exclude-cases': [] }));
  const args = ['-c', RUN, PACKAGES, '-m', 'fuzzingclient', '-s', specification];
  const suite = spawn(python, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: FOLDER });
  await once(suite, 'close');
  if (!existsSync(INDEX)) throw new Error('the suite has written no report');
}

/** Prints how many cases of each group ended how; returns those that failed. */
function judge(): string[] {
  const report = JSON.parse(readFileSync(INDEX, 'utf8')) as Readonly<Record<string, Record<string, CaseResult>>>;
  const results = Object.entries(report['Portico'] ?? {});
  const groups = Object.groupBy(results, ([id]) => id.split('.')[0] ?? '');
  for (const [group, members = []] of Object.entries(groups)) {
    const kinds = Object.groupBy(members, ([, { behavior }]) => behavior);
    const counts = Object.entries(kinds).map(([kind, some = []]) => `${some.length} ${kind}`);
    console.log(`group ${group}: ${counts.join(', ')}`);
  }
  const failed = results.filter(([, { behavior, behaviorClose }]) => !GOOD.has(behavior) || !GOOD.has(behaviorClose));
  console.log(`${results.length} cases, ${failed.length} failed; the report is ${join(REPORTS, 'index.html')}`);
  return failed.map(([id, { behavior, behaviorClose }]) => `${id}: ${behavior}, closing ${behaviorClose}`);
}

async function main(cases: readonly string[]): Promise<void> {
  const python = findPython();
  if (python === undefined) throw new Error('the suite runs on Python 2.7 alone: set PYTHON27 to one that has pip');
  install(python);
  await runSuite(python, cases.length === 0 ? ['*'] : cases);
  const failed = judge();
  for (const line of failed) console.log(line);
  process.exitCode = failed.length > 0 ? 1 : 0;
}

await main(process.argv.slice(2));
