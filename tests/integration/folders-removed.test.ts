// Somebody cleans up /tmp while the server runs: all that the server has there is removed, or is replaced by something else.

import assert from 'node:assert/strict';
import { chownSync, globSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serve } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import os
def application(environ, start):
    size = len(environ['wsgi.input'].read())
    start('200 OK', [])
    return [b'x' * 40_000_000] if environ['PATH_INFO'] == '/big' else [('%d %d' % (os.getpid(), size)).encode()]
`;
const BODY = 'x'.repeat(2_400_000);
const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;

/** What is done to each folder of the server. */
const FATES: [string, (path: string) => void][] = [
  ['removed', (path) => rmSync(path, { recursive: true })],
  [
    'replaced by a file',
    (path) => {
      rmSync(path, { recursive: true });
      writeFileSync(path, 'something else');
    },
  ],
  [
    "replaced by a link to a folder that is not the server's",
    (path) => {
      rmSync(path, { recursive: true });
      mkdirSync(`${path}.other`, { recursive: true, mode: 0o777 });
      symlinkSync(`${path}.other`, path);
    },
  ],
  ['renamed', (path) => renameSync(path, `${path}.renamed`)],
];
if (isRoot) {
  FATES.push([
    "replaced by another user's folder",
    (path) => {
      rmSync(path, { recursive: true });
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, NOBODY, NOBODY);
    },
  ]);
}

for (const [fate, befall] of FATES) {
  test(`a server whose folders are ${fate} goes on`, async () => {
    await using server = await serve({ app: APP });
    const fall = (): void => {
      for (const path of globSync(join(server.folder, 'portico-*[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]'))) {
        if (!/\.(other|renamed)$/.test(path)) befall(path);
      }
    };
    const upload = async (): Promise<number> => {
      const answer = await within(10_000, 'an upload', server.ask('/', { method: 'POST', body: BODY }));
      assert.match(answer.body, / 2400000$/, `${fate}: ${answer.status} ${server.log}`);
      return Number(answer.body.split(' ')[0]);
    };
    const first = await upload();
    fall();
    assert.equal(await upload(), first);
    fall();
    process.kill(first, 'SIGKILL');
    const second = await upload();
    assert.notEqual(second, first);
    fall();
    const { edgePid } = server;
    process.kill(edgePid, 'SIGKILL');
    await server.logged(/the edge process .*SIGKILL/);
    assert.equal(await upload(), second);
    assert.notEqual(server.edgePid, edgePid);
    fall();
    server.signal('SIGHUP');
    await server.logged(/INFO .*reloaded/);
    let third = await upload();
    // The edge may be told a moment after the log.
    while (third === second) third = await upload();
    fall();
    // A response for a slow reader goes to a file as well.
    using slow = await server.connect();
    slow.send('GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    slow.socket.pause();
    await until('the response is in a file', () => server.spooled.length > 0);
    fall();
    slow.socket.resume();
    assert.equal((await slow.read()).body.length, 40_000_000);
    fall();
    server.signal('SIGTERM');
    assert.equal(await within(10_000, 'the end', server.exit), 0);
    assert.doesNotMatch(server.log, /internal error|Traceback/);
  });
}

test('a body that lies in a removed folder when its request begins reaches the application', async () => {
  await using server = await serve({ app: APP });
  using client = await server.connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: ${BODY.length}\r\n\r\n`);
  client.send(BODY.slice(1));
  await until('it is in a file', () => server.spooled.length === 1);
  const [folder = ''] = globSync(join(server.folder, 'portico-spool-*'));
  rmSync(folder, { recursive: true });
  // A file that somebody else has put in its place is not taken for the body.
  mkdirSync(folder);
  writeFileSync(join(folder, 'e0-1'), 'forged');
  if (isRoot) chownSync(join(folder, 'e0-1'), NOBODY, NOBODY);
  else rmSync(folder, { recursive: true });
  client.send('x');
  assert.match((await client.read('POST')).body, / 2400000$/);
});
