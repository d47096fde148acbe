import { equal, match, notEqual, throws } from 'node:assert/strict';
import { closeSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BodyFolder } from './body-folder.ts';

test('BodyFolder makes folders by the last digits of names, for nobody else to look into', () => {
  const root = mkdtempSync(join(tmpdir(), 'portico-bodies-'));
  const folder = new BodyFolder(join(root, 'a/b'), [1, 2]);
  const [first, second] = [folder.openFile(), folder.openFile()];
  closeSync(first.fd);
  closeSync(second.fd);
  const [, outer = '', inner = '', name = ''] =
    /^\/(\d)\/(\d\d)\/(\d{10})$/.exec(first.path.slice(root.length + 4)) ?? [];
  equal(name.endsWith(`${inner}${outer}`), true, first.path);
  notEqual(first.path, second.path);
  equal(statSync(first.path).mode & 0o777, 0o600);
  equal(statSync(join(root, 'a/b', outer)).mode & 0o777, 0o700);
  match(new BodyFolder(root, []).openFile().path, /\/\d{10}$/);
  rmSync(root, { recursive: true });
});

test('BodyFolder tells why there can be no file', () => {
  const root = mkdtempSync(join(tmpdir(), 'portico-bodies-'));
  writeFileSync(join(root, 'file'), '');
  throws(() => new BodyFolder(join(root, 'file'), []).openFile(), /ENOTDIR/);
  throws(() => new BodyFolder('/proc/nowhere/a', [1]).openFile(), /ENOENT/);
  rmSync(root, { recursive: true });
});
