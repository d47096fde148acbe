import assert from 'node:assert/strict';
import { closeSync } from 'node:fs';
import { test } from 'node:test';
import { nodeDisk } from './disk.ts';
import { TemporarySite } from './temporary-site.ts';

test('nodeDisk says where an opened file is, if the system does', async () => {
  using site = new TemporarySite();
  const fd = await nodeDisk.open(site.write('a.css', 'a'));
  const path = await nodeDisk.descriptorPath(fd);
  assert.ok(path === undefined || path.endsWith('/root/a.css'));
  closeSync(fd);
  assert.equal(await nodeDisk.descriptorPath(1_000_000), undefined);
});

test('nodeDisk gives paths a character a byte', async () => {
  using site = new TemporarySite();
  site.write('café.css', 'a');
  assert.ok((await nodeDisk.realPath(`${site.root}/caf\xc3\xa9.css`)).endsWith('/caf\xc3\xa9.css'));
  await assert.rejects(nodeDisk.realPath(`${site.root}/caf\xe9.css`), { code: 'ENOENT' });
});
