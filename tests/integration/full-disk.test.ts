// No room for bodies: a client that sends too much is told, one that reads too slowly keeps its worker waiting, and room that comes back is used.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
def application(environ, start):
    size = len(environ['wsgi.input'].read())
    start('200 OK', [])
    return [b'x' * 40_000_000] if environ['PATH_INFO'] == '/big' else [str(size).encode()]
`;

/** A file system of one megabyte, if this machine lets us make one. */
function mountSmall(): string | undefined {
  const folder = join(makeFolder(), 'small');
  mkdirSync(folder);
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  if (status === 0) return folder;
  rmSync(join(folder, '..'), { recursive: true });
  return undefined;
}

const small = mountSmall();

test('507 for an upload, patience with a slow reader, and the server lives on', {
  skip: small === undefined ? 'not allowed to mount a small file system' : false,
}, async (t) => {
  assert.ok(small !== undefined);
  t.after(() => {
    execFileSync('umount', ['-l', small]);
    rmSync(join(small, '..'), { recursive: true });
  });
  await using server = await serve({ app: APP, args: ['--max-body-memory', '1K'], env: { TMPDIR: small } });
  for (let turn = 0; turn < 3; turn += 1) {
    using client = await server.connect();
    client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n');
    client.send(Buffer.alloc(3_000_000));
    const answer = await client.read();
    assert.equal(answer.status, 507);
    assert.equal(answer.isKept, false);
  }
  await server.logged(/ERROR .*request [0-9a-f]{32} POST \/.*ENOSPC/);
  assert.equal((await server.ask('/', { method: 'POST', body: 'x'.repeat(100_000) })).body, '100000');
  // A response waits for its slow client: the worker waits with it, and nothing is cut.
  using slow = await server.connect();
  slow.send('GET /big HTTP/1.1\r\nHost: a\r\n\r\n');
  slow.socket.pause();
  await server.logged(/WARNING .*workers wait for slow clients, because responses cannot be kept in files.*ENOSPC/);
  slow.socket.resume();
  const big = await slow.read();
  assert.equal(big.status, 200);
  assert.equal(big.body, 'x'.repeat(40_000_000));
  assert.equal((await server.ask('/', { method: 'POST', body: 'x'.repeat(400_000) })).body, '400000');
  await until('no file is left', () => server.spooled.length === 0);
});
