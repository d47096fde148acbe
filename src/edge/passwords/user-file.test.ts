import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseUserFile, USER_FILE_LIMITS, UserFiles } from './user-file.ts';

test('parseUserFile() reads what nginx reads', () => {
  const text =
    '# users\nalice:$1$x$y:her comment\n\nbob:{PLAIN}a b\r\n\r\nno colon\nalice:second\n#carol:x\nempty:\n:nobody\nlast:z';
  deepEqual(Object.fromEntries(parseUserFile(text)), {
    '': 'nobody',
    alice: '$1$x$y',
    bob: '{PLAIN}a b',
    empty: '',
    last: 'z',
  });
});

test('UserFiles sees a change of the file within a second', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-users-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'users');
  const files = new UserFiles();
  const stored = (nowMs: number): string | undefined => {
    const result = files.usersOf(path, nowMs);
    return result.kind === 'users' ? result.users.get('a') : result.code;
  };
  equal(stored(0), 'ENOENT');
  writeFileSync(path, 'a:1');
  equal(stored(USER_FILE_LIMITS.lookMs - 1), 'ENOENT');
  equal(stored(USER_FILE_LIMITS.lookMs), '1');
  writeFileSync(path, 'a:2');
  equal(stored(2 * USER_FILE_LIMITS.lookMs), '2');
  equal(stored(3 * USER_FILE_LIMITS.lookMs), '2');
  unlinkSync(path);
  equal(files.usersOf(path, 4 * USER_FILE_LIMITS.lookMs).kind, 'missing');
});

test('UserFiles says why a file cannot be read', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-users-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = new UserFiles();
  deepEqual(files.usersOf(folder, 0), { kind: 'unreadable', code: 'EISDIR' });
  const large = join(folder, 'large');
  writeFileSync(large, Buffer.alloc(USER_FILE_LIMITS.bytesMax + 1));
  deepEqual(files.usersOf(large, 0), { kind: 'unreadable', code: 'EFBIG' });
});

test('UserFiles holds a bounded number of files', () => {
  const files = new UserFiles();
  for (let count = 0; count < 3 * USER_FILE_LIMITS.filesMax; count += 1) {
    deepEqual(files.usersOf(`/nonexistent/${count}`, 0), { kind: 'missing', code: 'ENOENT' });
  }
});
