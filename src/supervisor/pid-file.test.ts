import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { PidFile } from './pid-file.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'pid-file-'));
const PATH = join(FOLDER, 'nginx.pid');
const OLD = `${PATH}.oldbin`;

beforeEach(() => {
  for (const name of readdirSync(FOLDER)) {
    rmSync(join(FOLDER, name), { recursive: true });
  }
});
after(() => rmSync(FOLDER, { recursive: true }));

function written(): PidFile {
  const file = new PidFile(PATH, undefined);
  file.write();
  return file;
}

test('a pid file leaves its name to that of the server which follows, and takes it back', () => {
  const file = written();
  file.moveAside();
  assert.equal(existsSync(PATH), false);
  assert.equal(readFileSync(OLD, 'utf8'), `${process.pid}\n`);
  writeFileSync(PATH, '77\n');
  file.moveBack();
  assert.deepEqual(readdirSync(FOLDER), ['nginx.pid']);
  assert.equal(readFileSync(PATH, 'utf8'), `${process.pid}\n`);
  file.moveBack();
  file.remove();
  assert.deepEqual(readdirSync(FOLDER), []);
});

test('the end of the server that was replaced leaves the file of the other', () => {
  const file = written();
  file.moveAside();
  writeFileSync(PATH, '77\n');
  file.remove();
  assert.deepEqual(readdirSync(FOLDER), ['nginx.pid']);
});

test("a file that is another server's is not moved", () => {
  const file = written();
  rmSync(PATH);
  assert.throws(() => file.moveAside(), /is not this server's \(any more\)/);
  writeFileSync(PATH, '77\n');
  assert.throws(() => file.moveAside(), /is not this server's \(any more\)/);
  assert.equal(readFileSync(PATH, 'utf8'), '77\n');
});
