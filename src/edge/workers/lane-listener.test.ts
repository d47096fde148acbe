import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { AppGateway } from '../../gateway/app-gateway.ts';
import { FRAME, renderFrame } from '../../protocol/lanes/frames.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { listenForLanes } from './lane-listener.ts';

const HELLO = {
  app: 'site',
  secret: 'secret',
  role: 'requests',
  worker: 1,
  name: 'w1',
  unit: 0,
  slot: 3,
  pid: 1,
  kind: 'wsgi',
  capacity: 1,
};
const hello = (more: object): Buffer => renderFrame(FRAME.hello, 0, Buffer.from(JSON.stringify({ ...HELLO, ...more })));

const CASES: [string, Buffer, boolean][] = [
  ['a hello', hello({}), true],
  ['another secret', hello({ secret: 'secreT' }), false],
  ['a slot beyond those of its application', hello({ slot: 4 }), false],
  ["another application's slot", hello({ slot: 0 }), false],
  ['a frame that is no hello', renderFrame(FRAME.end, 0), false],
  ['a hello without end', hello({ pad: 'x'.repeat(EDGE_LIMITS.helloBytesMax) }).subarray(0, -1), false],
];

for (const [what, bytes, isAccepted] of CASES) {
  test(`the lane listener ${isAccepted ? 'takes' : 'closes'} a connection that says ${what}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'portico-lanes-'));
    const path = join(directory, 'lane.sock');
    const added: unknown[] = [];
    const logged: string[] = [];
    const accepted = Promise.withResolvers<void>();
    const gateway = {
      addLane: (_: unknown, identity: { slot: number }) => {
        added.push(identity.slot);
        accepted.resolve();
        return { onLost: () => undefined };
      },
    } as unknown as AppGateway;
    const log = (_: string, text: string): void => {
      logged.push(text);
    };
    const server = listenForLanes({
      where: { path },
      doors: new Map([['site', { app: 'site', secret: 'secret', firstSlot: 1, slotsMax: 3, gateway }]]),
      log,
      onBug: (what) => log('', what),
    });
    const socket = connect(path);
    socket.on('error', () => undefined);
    socket.write(bytes);
    await (isAccepted ? accepted.promise : once(socket, 'close'));
    deepEqual(added, isAccepted ? [3] : []);
    equal(logged.length, isAccepted ? 0 : 1);
    socket.destroy();
    server.close();
    rmSync(directory, { recursive: true });
  });
}

test('the lane listener tells a worker of an application that it does not know to end', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'portico-lanes-'));
  const path = join(directory, 'lane.sock');
  const logged: string[] = [];
  const log = (_: string, text: string): void => void logged.push(text);
  const server = listenForLanes({ where: { path }, doors: new Map(), log, onBug: (what) => log('', what) });
  const socket = connect(path);
  socket.write(hello({ app: 'shop' }));
  const [said] = (await once(socket, 'data')) as [Buffer];
  deepEqual(said, renderFrame(FRAME.drain, 0));
  socket.end();
  await once(socket, 'close');
  const control = connect(path);
  control.write(hello({ app: 'shop', role: 'control' }));
  await once(control, 'close');
  deepEqual(logged, []);
  server.close();
  rmSync(directory, { recursive: true });
});
