// Other servers behind Portico, run for real: gunicorn and uWSGI from a virtual environment under var/, made once, and Apache, HAProxy, nginx, memcached, PostgreSQL and Redis of the system.

import { existsSync, globSync } from 'node:fs';
import { runNodeTestsAgainAlone } from './node-tests.ts';
import { makeEnvironment } from './python-environment.ts';
import type { Tally } from './tally.ts';
import { NOTHING } from './tally.ts';

const HOME = 'var/peers';
const REQUIREMENTS = 'tests/peers/requirements.txt';

const APACHE = '/usr/sbin/apache2';
const NGINX = '/usr/sbin/nginx';
const MEMCACHED = '/usr/bin/memcached';
const HAPROXY = '/usr/sbin/haproxy';
const REDIS = '/usr/bin/redis-server';
/** By Debian's wrapper, which the package of the client has. */
const PSQL = '/usr/bin/psql';
/** Tests that need a program of the system. */
const NEEDS: readonly (readonly [program: string, tests: string])[] = [
  [APACHE, 'tests/peers/apache*.test.ts'],
  [NGINX, 'tests/peers/nginx*.test.ts'],
  [MEMCACHED, 'tests/peers/memcached*.test.ts'],
  [REDIS, 'tests/peers/redis*.test.ts'],
  [HAPROXY, 'tests/peers/haproxy*.test.ts'],
  [PSQL, 'tests/peers/postgres*.test.ts'],
];

/** Without these programs some cannot run: on a build machine that is a failure, elsewhere it is reported. */
export async function testPeers(): Promise<Tally> {
  const fault = await makeEnvironment('.venv/bin/python', HOME, REQUIREMENTS);
  if (fault !== undefined) return { ...NOTHING, failed: 1, notes: [`FAILED peers: ${fault}`] };
  const missing = process.env['CI'] === undefined ? NEEDS.filter(([program]) => !existsSync(program)) : [];
  const exclude = missing.map(([, tests]) => tests);
  const include = ['tests/peers/**/*.test.ts'];
  const tally = await runNodeTestsAgainAlone('peers', { include, exclude, concurrency: 2, reporter: 'spec' });
  const notes = missing.map(([program, tests]) => `NOT RUN peers: ${tests}: there is no ${program}`);
  return { ...tally, skipped: tally.skipped + globSync(exclude).length, notes: [...tally.notes, ...notes] };
}
