import { deepEqual, equal, throws } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { LogFiles } from './log-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'portico-logs-'));
const GATHERING = { bytesMax: 0, delayMs: 0, gzipLevel: 0 };

after(() => rmSync(folder, { recursive: true }));

/** How often this process has the file open. */
function openCount(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}

function opened(): { files: LogFiles; told: string[] } {
  const told: string[] = [];
  return { files: new LogFiles('Machine', (text) => told.push(text)), told };
}

test('plans share a file, which is closed with the last that names it', () => {
  const { files } = opened();
  const path = join(folder, 'shared.log');
  const [before, next] = [files.lease(), files.lease()];
  const lines = before.collector(path, undefined, GATHERING);
  equal(next.collector(path, undefined, GATHERING), lines);
  equal(openCount(path), 1);
  before.close();
  equal(openCount(path), 1);
  lines.write('a\n');
  next.close();
  equal(openCount(path), 0);
  equal(readFileSync(path, 'utf8'), 'a\n', 'what was gathered is written first');
});

test('a plan that cannot be run leaves the files of the others open', () => {
  const { files } = opened();
  const path = join(folder, 'kept.log');
  const good = files.lease();
  const lines = good.collector(path, undefined, GATHERING);
  const bad = files.lease();
  bad.collector(path, undefined, GATHERING);
  throws(() => bad.collector(join(folder, 'none', 'x.log'), undefined, GATHERING), /ENOENT/);
  bad.close();
  lines.write('b\n');
  files.flush();
  equal(readFileSync(path, 'utf8'), 'b\n');
  good.close();
});

test('after rotation the old file has what was gathered, and the new one what follows, of each kind of log', () => {
  const { files } = opened();
  const lease = files.lease();
  const [access, error, named] = ['a', 'e', 'n'].map((name) => join(folder, `${name}.log`)) as [string, string, string];
  const lines = lease.collector(access, undefined, GATHERING);
  const writer = lease.writer(error, 'error log');
  const logs = lease.named({ filesMax: 10, idleMs: 10_000, checkMs: 60_000, usesMin: 1 });
  const say = (text: string): void => {
    lines.write(text);
    writer.write(text);
    logs.write(named, text);
  };
  say('one\n');
  files.flush();
  say('two\n');
  for (const path of [access, error, named]) renameSync(path, `${path}.1`);
  files.reopen();
  say('three\n');
  files.flush();
  deepEqual(
    [access, error, named].map((path) => [readFileSync(`${path}.1`, 'utf8'), readFileSync(path, 'utf8')]),
    Array.from({ length: 3 }, () => ['one\ntwo\n', 'three\n']),
  );
  lease.close();
});

test('files whose names are made of requests are closed after their lines, or stay open as many as are allowed', () => {
  const { files } = opened();
  const lease = files.lease();
  const short = lease.named(undefined);
  const long = lease.named({ filesMax: 2, idleMs: 10_000, checkMs: 60_000, usesMin: 1 });
  const paths = Array.from({ length: 4 }, (_, index) => join(folder, `host${index}.log`));
  for (const path of paths) {
    short.write(path, 'a\n');
    short.write(path, 'b\n');
    long.write(`${path}.kept`, 'c\n');
  }
  files.flush();
  deepEqual(
    paths.map((path) => [openCount(path), openCount(`${path}.kept`), readFileSync(path, 'utf8')]),
    [0, 0, 1, 1].map((kept) => [0, kept, 'a\nb\n']),
  );
  lease.close();
  equal(openCount(`${paths[3]}.kept`), 0);
});

test('names that cannot be opened are told of once, for clients can make up more', () => {
  const { files, told } = opened();
  const lease = files.lease();
  const logs = lease.named(undefined);
  mkdirSync(join(folder, 'folder'));
  logs.write(join(folder, 'folder'), 'a\n');
  logs.write(join(folder, 'none', 'a.log'), 'b\n');
  files.flush();
  equal(told.length, 1);
  lease.close();
});

test('a file whose name is made of requests stays open once it has been used often enough', () => {
  const { files } = opened();
  const lease = files.lease();
  const logs = lease.named({ filesMax: 2, idleMs: 10_000, checkMs: 60_000, usesMin: 2 });
  const path = join(folder, 'rare.log');
  const counts = ['a\n', 'b\n'].map((line) => {
    logs.write(path, line);
    files.flush();
    return openCount(path);
  });
  deepEqual([counts, readFileSync(path, 'utf8')], [[0, 1], 'a\nb\n']);
  lease.close();
});

test('a name that cannot be opened closes no file that is in use', () => {
  const { files } = opened();
  const lease = files.lease();
  const logs = lease.named({ filesMax: 1, idleMs: 10_000, checkMs: 60_000, usesMin: 1 });
  const path = join(folder, 'used.log');
  for (const each of [path, join(folder, 'none', 'b.log')]) {
    logs.write(each, 'a\n');
    files.flush();
  }
  equal(openCount(path), 1);
  lease.close();
});

test('a file that has another place for now is opened there, and by its path afterwards', () => {
  const { files, told } = opened();
  const [path, place] = [join(folder, 'hidden', 'x.log'), join(folder, 'place.log')];
  const lease = files.lease();
  throws(() => lease.writer(path, 'error log'), /ENOENT/);
  const writer = files.withPlaces([{ path, place }], () => lease.writer(path, 'error log'));
  writer.write('one\n');
  files.reopen();
  writer.write('two\n');
  equal(readFileSync(place, 'utf8'), 'one\ntwo\n');
  deepEqual(
    told.map((text) => text.slice(0, text.indexOf(':'))),
    [`the error log ${path} cannot be opened again, the old file is used on`],
  );
  files.withPlaces([{ path, place: `${place}.2` }], () => files.reopen());
  writer.write('three\n');
  equal(readFileSync(`${place}.2`, 'utf8'), 'three\n');
  lease.close();
});
