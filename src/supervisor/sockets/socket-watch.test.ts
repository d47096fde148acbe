import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BindAddress } from '../../config/bind-address.ts';
import { SocketWatch } from './socket-watch.ts';
import { bindSockets } from './sockets.ts';

const OPTIONS = { edgeThreads: 1, umask: undefined, manner: 'portico' } as const;

const LOOPBACK = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
const placeOf = (address: BindAddress) => ({ address, isIpv6Only: false });

for (const [what, befall] of [
  ['removed', (path: string) => rmSync(path)],
  [
    'replaced',
    (path: string) => {
      rmSync(path);
      writeFileSync(path, '');
    },
  ],
] as const) {
  test(`SocketWatch tells once of a socket that was ${what}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'watch-'));
    const paths = ['kept', 'lost'].map((name) => join(folder, name));
    const bound = await bindSockets(
      [...paths.map((path) => ({ kind: 'unix', path }) as const), LOOPBACK].map(placeOf),
      OPTIONS,
    );
    assert.ok(bound.ok);
    const said: string[] = [];
    const watch = new SocketWatch(() => bound.value, { say: (level, text) => said.push(`${level} ${text}`) });
    assert.equal(watch.isNeeded, true);
    watch.look();
    assert.deepEqual(said, []);
    befall(paths[1] ?? '');
    watch.look();
    watch.look();
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /^error unix:\S+\/lost was removed or replaced/);
    for (const socket of bound.value) socket.close();
    rmSync(folder, { recursive: true });
  });
}

test('SocketWatch has nothing to look at where there are only ports', async () => {
  const bound = await bindSockets([LOOPBACK].map(placeOf), OPTIONS);
  assert.ok(bound.ok);
  assert.equal(new SocketWatch(() => bound.value, { say: () => assert.fail() }).isNeeded, false);
  for (const socket of bound.value) socket.close();
});
