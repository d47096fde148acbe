import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPlace } from './place.ts';
import { readServeRequest } from './read.ts';
import { environmentName } from './setting.ts';
import { SETTINGS } from './settings.ts';

type Env = Record<string, string>;

function read(args: string[], env: Env = {}) {
  return readServeRequest(args, { env, coreCount: 6 });
}

function options(args: string[], env: Env = {}) {
  const { request, diagnostics } = read(args, env);
  assert.deepEqual(diagnostics, []);
  assert.ok(request);
  return request.options;
}

function codes(args: string[], env: Env = {}): string[] {
  return read(args, env).diagnostics.map(({ code, place }) => `${code} ${renderPlace(place)}`);
}

test('readServeRequest() takes defaults from the machine', () => {
  const { workers, edgeThreads, binds, preload, keepAliveMs } = options([]);
  assert.deepEqual(
    { workers, edgeThreads, preload, keepAliveMs },
    { workers: 6, edgeThreads: 3, preload: 'auto', keepAliveMs: 75_000 },
  );
  assert.deepEqual(binds, [{ kind: 'tcp', host: '127.0.0.1', port: 8000 }]);
  assert.equal(readServeRequest([], { env: {}, coreCount: 1 }).request?.options.edgeThreads, 1);
  assert.equal(readServeRequest([], { env: {}, coreCount: 64 }).request?.options.edgeThreads, 4);
});

test('readServeRequest() honours PORT and WEB_CONCURRENCY', () => {
  const { workers, binds } = options([], { PORT: '5000', WEB_CONCURRENCY: '3' });
  assert.equal(workers, 3);
  assert.deepEqual(binds, [{ kind: 'tcp', host: '0.0.0.0', port: 5000 }]);
  assert.equal(options(['--bind', '8001'], { PORT: 'x' }).binds.length, 1, 'a flag makes them idle');
  assert.deepEqual(codes([], { PORT: 'x', WEB_CONCURRENCY: '0' }), [
    'settings.invalid --bind',
    'settings.invalid --workers',
  ]);
});

test('readServeRequest() prefers flags to the environment, and the last flag to those before', () => {
  const env = { PORTICO_WORKERS: '7', PORTICO_THREADS: '2' };
  assert.deepEqual(
    [options(['-w', '3', '--workers=4'], env).workers, options([], env).workers, options([], env).threads],
    [4, 7, 2],
  );
});

test('readServeRequest() reads what may be repeated from flags and environment', () => {
  assert.equal(options(['-b', ':1', '-b', 'unix:/x', '--bind=[::1]:2']).binds.length, 3);
  assert.equal(options([], { PORTICO_BIND: ':1, :2 :3' }).binds.length, 3);
  assert.deepEqual(
    [...options(['-e', 'A=1', '--env', 'B=x=y', '-e', 'A=2']).env],
    [
      ['A', '2'],
      ['B', 'x=y'],
    ],
  );
  assert.deepEqual(
    [...options([], { PORTICO_ENV: 'A=1 B=2' }).env],
    [
      ['A', '1'],
      ['B', '2'],
    ],
  );
});

test('readServeRequest() reads switches both ways', () => {
  assert.deepEqual(
    [
      options(['--preload']).preload,
      options(['--no-preload']).preload,
      options([], { PORTICO_PRELOAD: 'auto' }).preload,
    ],
    ['always', 'never', 'auto'],
  );
  assert.deepEqual(
    [options([]).appStatic, options(['--no-static']).appStatic, options([], { PORTICO_NO_STATIC: '1' }).appStatic],
    [true, false, false],
  );
  assert.equal(options(['--reload']).reloadOnChange, true);
});

test('readServeRequest() finds the application among the flags', () => {
  assert.equal(read(['--workers', '2', 'site:app', '--threads', '3']).request?.app, 'site:app');
  assert.equal(read([]).request?.app, '');
  assert.equal(read(['--', 'site:app']).request?.app, 'site:app');
});

test('readServeRequest() takes no address for an application', () => {
  for (const app of ['8000', ':8000', '0.0.0.0:8000', '[::1]:8000', 'localhost:8000']) {
    const { request, diagnostics } = read([app]);
    assert.equal(request, undefined);
    assert.deepEqual(
      diagnostics.map(({ message }) => message),
      [`"${app}" looks like an address. Write --bind ${app}, or ./${app} for such a folder.`],
    );
  }
  for (const app of ['./8000', 'site8000', 'shop:make("a:8000")', 'v2:app8000']) {
    assert.equal(read([app]).request?.app, app);
  }
});

test('readServeRequest() tells all faults at once', () => {
  const given = codes(
    ['a', '--wrokers', '3', '--timeout', 'x', '--bind', '--threads', '2', '--check=1', '--no-workers', 'b'],
    { PORTICO_QUEUE: '-1' },
  );
  assert.deepEqual(given.toSorted(), [
    'settings.invalid --timeout',
    'settings.invalid PORTICO_QUEUE',
    'settings.missing-value --bind',
    'settings.unexpected-value --check',
    'settings.unknown-flag --no-workers',
    'settings.unknown-flag --wrokers',
  ]);
});

test('readServeRequest() suggests the flag or variable that was meant', () => {
  assert.match(read(['--wrokers', '3']).diagnostics[0]?.message ?? '', /Did you mean --workers\?/);
  assert.match(read(['--xyzzy']).diagnostics[0]?.message ?? '', /serve --help/);
  const { request, diagnostics } = read([], { PORTICO_WORKER: '3' });
  assert.match(diagnostics[0]?.message ?? '', /Did you mean PORTICO_WORKERS\?/);
  assert.ok(request, 'a variable may be meant for another program');
});

test('readServeRequest() sees settings that contradict each other', () => {
  assert.deepEqual(codes(['--max-requests-jitter', '5']), ['settings.conflict --max-requests-jitter']);
  assert.deepEqual(codes(['-b', ':1', '-b', '0.0.0.0:1']), ['settings.conflict --bind']);
  assert.deepEqual(codes(['-b', ':0', '-b', ':0']), []);
  assert.deepEqual(codes(['a', 'b']), ['settings.unexpected-argument b']);
  assert.deepEqual(codes(['--reload-dir', 'src']), ['settings.conflict --reload-dir']);
  assert.deepEqual(codes(['--reload-exclude', 'x', '--reload-include', 'y']), ['settings.conflict --reload-include']);
  assert.deepEqual(codes(['--reload', '--reload-dir', 'src', '--preload']), []);
});

test('SETTINGS name each flag, variable and short form once', () => {
  const rows = Object.values(SETTINGS);
  for (const names of [
    rows.map(({ flag }) => flag),
    rows.flatMap(({ short }) => short ?? []),
    rows.map(({ flag }) => environmentName(flag)),
  ]) {
    assert.equal(new Set(names).size, names.length);
  }
  for (const { doc, flag } of rows) {
    assert.match(doc, /^[A-Z].*\.$/, flag);
  }
});
