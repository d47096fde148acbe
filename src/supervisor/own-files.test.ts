import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { whyNotRoots } from './own-files.ts';

const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };
const OURS = { edgeProgram: '', zygoteProgram: '' };
// Not in /tmp: where everybody may make files, nothing is root's alone that is not there yet.
const folder = process.geteuid?.() === 0 ? mkdtempSync('/var/lib/portico-own-files-') : '';
after(() => folder !== '' && rmSync(folder, { recursive: true }));

test('whyNotRoots() trusts what root alone can change, by whatever name', options, () => {
  const path = join(folder, 'program');
  writeFileSync(path, '');
  symlinkSync(path, join(folder, 'link'));
  assert.equal(whyNotRoots([path, join(folder, 'link')], OURS), undefined);
  chmodSync(path, 0o664);
  assert.match(whyNotRoots([path], OURS) ?? '', /others than root can change \S+program, so the server gives up/);
  assert.notEqual(whyNotRoots([join(folder, 'link')], OURS), undefined);
  chmodSync(path, 0o644);
  chownSync(path, 65_534, 0);
  assert.notEqual(whyNotRoots([path], OURS), undefined);
  chownSync(path, 0, 0);
  chownSync(folder, 65_534, 0);
  assert.notEqual(whyNotRoots([path], OURS), undefined);
  assert.notEqual(whyNotRoots([join(folder, 'missing')], OURS), undefined);
});

test('whyNotRoots() lets root start no programs but ours', () => {
  assert.match(whyNotRoots([], { ...OURS, edgeProgram: '/a' }) ?? '', /root starts no programs but its own/);
});
