// logrotate's way: the file is renamed, USR1 sent, and of the lines of a busy server none is lost, doubled or cut.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { failures, Load } from './load.ts';
import { serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
def application(environ, start):
    start('200 OK', [])
    return [b'x']
`;

test('no line is lost over three rotations under load, of two edge threads', async () => {
  const args = ['--access-log', 'access.log', '--log-file', 'server.log', '--edge-threads', '2'];
  await using server = await serve({ app: APP, args });
  const path = join(server.folder, 'access.log');
  using load = new Load(server, { connections: 8, target: (connection, turn) => `/${connection}/${turn}` });
  const names = [1, 2, 3].map((number) => `${path}.${number}`);
  for (const [index, name] of names.entries()) {
    await load.reach((index + 1) * 400);
    renameSync(path, name);
    server.signal('SIGUSR1');
    await until('the log is there again', () => existsSync(path));
  }
  await load.reach(2000);
  const asked = await load.stop();
  assert.deepEqual(failures(asked), []);
  const read = () => [...names, path].flatMap((name) => readFileSync(name, 'latin1').split('\n').slice(0, -1));
  await until('every line is written', () => read().length >= asked.length);
  const lines = read();
  assert.equal(lines.length, asked.length);
  const targets = lines.map((line) => /"GET (\S+) HTTP\/1\.1" 200 1 /.exec(line)?.[1] ?? assert.fail(line));
  assert.equal(new Set(targets).size, asked.length);
  for (const name of names) assert.ok(readFileSync(name).length > 0, name);
  assert.match(readFileSync(join(server.folder, 'server.log'), 'utf8'), /the logs were opened again/);
});
