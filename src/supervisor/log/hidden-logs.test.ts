import assert from 'node:assert/strict';
import {
  chmodSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { Identity } from '../privileges.ts';
import { asUser } from '../privileges.ts';
import { closeHiddenLogs, openHiddenLogs, showHiddenLogs } from './hidden-logs.ts';

const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };
const NOBODY: Identity = { uid: 65_534, gid: 65_534, groups: [65_534], userName: 'nobody', home: '/nonexistent' };
const folder = mkdtempSync(join(tmpdir(), 'portico-hidden-'));
chmodSync(folder, 0o755);
after(() => rmSync(folder, { recursive: true }));

function modelOf(...paths: readonly string[]): Pick<ServerModel, 'logs' | 'scopes'> {
  const logs = paths.map((path) => ({ sink: { kind: 'file', path } }));
  return { logs, scopes: [] } as unknown as Pick<ServerModel, 'logs' | 'scopes'>;
}

test('only files to which the user has no way are opened for it', options, () => {
  mkdirSync(join(folder, 'roots'), { mode: 0o700 });
  mkdirSync(join(folder, 'open'));
  const [hidden, open] = [join(folder, 'roots', 'a.log'), join(folder, 'open', 'a.log')];
  writeFileSync(open, '');
  chmodSync(open, 0o666);
  const opened = openHiddenLogs(modelOf(hidden, open, hidden, '-'), NOBODY);
  assert.deepEqual(
    opened.map(({ path }) => path),
    [hidden],
  );
  assert.equal(statSync(hidden).uid, NOBODY.uid);
  closeHiddenLogs(opened);
  assert.deepEqual(openHiddenLogs(modelOf(hidden), undefined), []);
});

test("a link of the user's to a file of root's opens nothing", options, () => {
  const secret = join(folder, 'roots', 'secret');
  writeFileSync(secret, 'x', { mode: 0o600 });
  mkdirSync(join(folder, 'users'));
  chmodSync(join(folder, 'users'), 0o777);
  const link = join(folder, 'users', 'a.log');
  asUser(NOBODY, () => symlinkSync(secret, link));
  assert.throws(() => openHiddenLogs(modelOf(link), NOBODY), /a\.log cannot be opened by nobody \(EACCES\)/);
  assert.equal(statSync(secret).uid, 0);
});

test('a file that is shown is written by the user who has no way to it', options, async () => {
  const path = join(folder, 'roots', 'shown.log');
  const shown = await showHiddenLogs(modelOf(path), NOBODY);
  const [{ place } = { place: '' }] = shown.places;
  const fd = asUser(NOBODY, () => openSync(place, 'a'));
  writeSync(fd, 'x');
  assert.equal(fstatSync(fd).ino, statSync(path).ino);
  shown.end();
});

test('nothing is started where nothing is hidden', options, async () => {
  const shown = await showHiddenLogs(modelOf('-'), NOBODY);
  assert.deepEqual(shown.places, []);
  shown.end();
});
