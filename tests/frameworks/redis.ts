// A Redis server of the test's own, on a socket in its folder, so that it meets no other.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../integration/server.ts';
import { until, within } from '../integration/waiting.ts';

const PROGRAM = '/usr/bin/redis-server';
const STOP_MS = 5_000;

export interface Redis extends AsyncDisposable {
  readonly url: string;
}

export async function startRedis(): Promise<Redis> {
  assert.ok(existsSync(PROGRAM), `this test needs ${PROGRAM} (on Debian: apt install redis-server)`);
  const folder = makeFolder();
  const socket = join(folder, 'redis.sock');
  const settings = ['--port', '0', '--unixsocket', socket, '--dir', folder, '--save', '', '--appendonly', 'no'];
  const child = spawn(PROGRAM, settings, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await until('Redis listens', () => existsSync(socket) || child.exitCode !== null);
  assert.equal(child.exitCode, null, 'Redis runs');
  return {
    url: `unix://${socket}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await within(STOP_MS, 'the end of Redis', ended).finally(() => child.kill('SIGKILL'));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
