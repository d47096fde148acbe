import assert from 'node:assert/strict';
import { fstatSync, mkdtempSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openWorkerWires } from './worker-wires.ts';

const PLAN = { identity: undefined, edgeThreads: 2, boardBytes: 4096 };

async function codeOfDialling(path: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const socket = connect(path, () => resolve(undefined));
  socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  const code = await promise;
  socket.destroy();
  return code;
}

test('openWorkerWires() leaves no file behind, and its sockets are found by descriptor', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'wires-'));
  const opened = await openWorkerWires({ TMPDIR: parent }, PLAN);
  assert.ok(opened.ok);
  const { listening, dialled, board } = opened.value;
  assert.deepEqual(readdirSync(parent), []);
  assert.equal(listening.length, 2);
  for (const lane of dialled) {
    // There is a socket, on which nobody listens yet.
    assert.equal(await codeOfDialling(`/proc/self/fd/${lane}`), 'ECONNREFUSED');
    assert.equal(fstatSync(Number(lane)).mode & 0o777, 0o600);
  }
  assert.equal(fstatSync(board).nlink, 0);
  assert.equal(fstatSync(board).size, 4096);
  assert.ok(fstatSync(board).blocks > 0, 'it has its memory');
  assert.equal(readSync(board, Buffer.alloc(8192), 0, 8192, 0), 4096);
  opened.value.close();
  rmSync(parent, { recursive: true });
});

test('openWorkerWires() keeps the files where descriptors do not lead to sockets', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'wires-'));
  const opened = await openWorkerWires({ TMPDIR: parent }, { ...PLAN, descriptorNames: '/nowhere' });
  assert.ok(opened.ok);
  const [folder = ''] = readdirSync(parent);
  assert.equal(statSync(join(parent, folder)).mode & 0o777, 0o700);
  assert.deepEqual(
    opened.value.dialled,
    [0, 1].map((thread) => join(parent, folder, `lane.${thread}.sock`)),
  );
  assert.equal(await codeOfDialling(String(opened.value.dialled[1])), 'ECONNREFUSED');
  opened.value.close();
  assert.deepEqual(readdirSync(parent), []);
  rmSync(parent, { recursive: true });
});

test('openWorkerWires() passes over folders that cannot be used', async () => {
  const opened = await openWorkerWires({ XDG_RUNTIME_DIR: '/nowhere', TMPDIR: `/tmp/${'x'.repeat(100)}` }, PLAN);
  assert.ok(opened.ok);
  opened.value.close();
});
