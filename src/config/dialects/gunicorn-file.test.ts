import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Diagnostic } from '../diagnostic.ts';
import { renderPlace } from '../place.ts';
import { GUNICORN } from './gunicorn.ts';
import type { EvaluatedFile, SaidFile } from './gunicorn-file.ts';
import { optionsOfFile, readEvaluatedFile, resolveSettings } from './gunicorn-file.ts';
import type { JsonValue } from './gunicorn-settings.ts';
import { GUNICORN_SETTINGS } from './gunicorn-settings.ts';
import { readDialect } from './read-dialect.ts';

const PATH = '/srv/gunicorn.conf.py';

function evaluated(values: Record<string, JsonValue>, more: Partial<EvaluatedFile> = {}): EvaluatedFile {
  return { values, calls: [], odd: {}, lines: {}, others: [], file: PATH, ...more };
}

function readFile(file: EvaluatedFile): SaidFile & { readonly told: string[] } {
  const told: Diagnostic[] = [];
  const said = readEvaluatedFile(file, PATH, (code, place, message, severity = 'error') => {
    told.push({ code, place, message, severity });
  });
  return {
    ...said,
    told: told.map(({ severity, place, message }) => `${severity} ${renderPlace(place)}: ${message}`),
  };
}

function read(values: Record<string, JsonValue>, args: readonly string[] = ['shop'], env: Record<string, string> = {}) {
  const file = readFile(evaluated(values));
  assert.deepEqual(file.told, []);
  const reading = readDialect(GUNICORN, args, {
    machine: { env, coreCount: 2 },
    readText: () => assert.fail('no file is read'),
    said: optionsOfFile(file, GUNICORN.options),
  });
  return { ...reading, settings: resolveSettings(reading.given, file, {}) };
}

test('values of the file are settings, in every form that gunicorn takes', () => {
  const { request } = read({
    ...{ bind: ['127.0.0.1:8000', 'unix:/run/shop.sock'], workers: '0x4', threads: 2, timeout: 90, umask: 0o27 },
    ...{ raw_env: 'STAGE=live,DEBUG=', forwarded_allow_ips: ['10.0.0.1', '10.0.0.2'], preload_app: 'true' },
    ...{ loglevel: 'DEBUG', accesslog: '-', pidfile: null },
  });
  const { binds, workers, threads, timeoutMs, umask, env, forwardedAllowIps, preload, logLevel, accessLog, pidFile } =
    request?.options ?? assert.fail('a request');
  assert.deepEqual(binds, [
    { kind: 'tcp', host: '127.0.0.1', port: 8000 },
    { kind: 'unix', path: '/run/shop.sock' },
  ]);
  assert.deepEqual(
    [workers, threads, timeoutMs, umask, preload, logLevel, accessLog, pidFile],
    [...[4, 2, 90_000, 0o27, 'always', 'debug', '-', '']],
  );
  assert.deepEqual(
    [...env],
    [
      ['STAGE', 'live'],
      ['DEBUG', ''],
    ],
  );
  assert.deepEqual(forwardedAllowIps, ['10.0.0.1', '10.0.0.2']);
});

test('variables come before the file, GUNICORN_CMD_ARGS and the command line behind it', () => {
  const workers = (args: readonly string[], env: Record<string, string>) =>
    read({ workers: 3 }, ['shop', ...args], env).request?.options.workers;
  assert.equal(workers([], { WEB_CONCURRENCY: '2' }), 3);
  assert.equal(workers([], { GUNICORN_CMD_ARGS: '-w 4' }), 4);
  assert.equal(workers(['-w', '5'], { GUNICORN_CMD_ARGS: '-w 4' }), 5);
});

test('the application may be named in the file, and the command line wins', () => {
  assert.equal(read({ wsgi_app: 'shop.wsgi' }, []).request?.app, 'shop.wsgi:application');
  assert.equal(read({ wsgi_app: 'shop.wsgi' }, ['other:app']).request?.app, 'other:app');
  assert.deepEqual(
    read({}, []).diagnostics.map(({ code }) => code),
    ['dialect.missing-application'],
  );
});

test('what cannot be obeyed is refused, unless it says what is so anyway', () => {
  const usual = Object.fromEntries(
    GUNICORN_SETTINGS.filter(({ kind, name }) => kind !== 'hook' && name !== 'config').map(
      ({ name, fallback = null }) => [name, fallback],
    ),
  );
  const { diagnostics } = read(usual);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity !== 'info').map(({ place }) => renderPlace(place)),
    [],
  );
  assert.deepEqual(
    read({ spew: true, secure_scheme_headers: { 'X-SECURE': 'yes' } }).diagnostics.map(
      ({ code, place }) => `${code} ${renderPlace(place)}`,
    ),
    [`dialect.unsupported ${PATH}:1:1: spew`, `dialect.invalid ${PATH}:1:1: secure_scheme_headers`],
  );
});

test('values of a wrong kind are told at their lines, and names that are nearly settings', () => {
  const { told, hooks } = readFile(
    evaluated(
      { workers: 'many', reload: 1, bind: 80, logconfig_dict: [], user: 1.5, post_fork: 'x', loglevel: 3 },
      {
        ...{ calls: ['when_ready', 'timeout'], odd: { pidfile: 'PosixPath', chdir: 'object' } },
        ...{ lines: { workers: 4, pidfile: 9 }, others: ['worker_clas', 'cores'] },
      },
    ),
  );
  assert.deepEqual(hooks, ['when_ready']);
  assert.deepEqual(told, [
    `warning ${PATH}:1:1: worker_clas: this is no setting. Did you mean worker_class?`,
    `error ${PATH}:9:1: pidfile: a text is expected, and this is a PosixPath.`,
    `error ${PATH}:1:1: chdir: a text is expected, and this is an object.`,
    `error ${PATH}:4:1: workers: a number from 0 on is expected, and this is "many".`,
    `error ${PATH}:1:1: reload: True or False is expected, and this is 1.`,
    `error ${PATH}:1:1: bind: a text or a list of texts is expected, and this is 80.`,
    `error ${PATH}:1:1: logconfig_dict: a dictionary is expected, and this is [].`,
    `error ${PATH}:1:1: user: a name or a number is expected, and this is 1.5.`,
    `error ${PATH}:1:1: post_fork: a function is expected, and this is "x".`,
    `error ${PATH}:1:1: loglevel: a text is expected, and this is 3.`,
    `error ${PATH}:1:1: timeout: a number from 0 on is expected, and this is a function.`,
  ]);
});

test('a hook may be named, and those that nobody calls are told with the way out', () => {
  const { told, hooks } = readFile(
    evaluated({ post_fork: 'shop.hooks.post_fork' }, { calls: ['ssl_context', 'dirty_post_fork', 'pre_fork'] }),
  );
  assert.deepEqual(hooks, ['ssl_context', 'dirty_post_fork', 'pre_fork', 'post_fork']);
  assert.deepEqual(
    told.map((line) => line.split(': ', 3).slice(0, 2).join(': ')),
    [`error ${PATH}:1:1: ssl_context`, `error ${PATH}:1:1: dirty_post_fork`],
  );
});

test('all settings are there for hooks, from wherever they come', () => {
  const { settings } = read({ workers: '3', raw_env: 'A=1', secure_scheme_headers: { 'X-FORWARDED-PROTO': 'https' } }, [
    'shop',
    '--timeout',
    '9',
  ]);
  const { workers, timeout, raw_env: env, bind, keepalive, worker_class: kind, umask } = settings;
  assert.deepEqual(
    [workers, timeout, env, bind, keepalive, kind, umask],
    [...[3, 9, ['A=1'], ['127.0.0.1:8000'], 2, 'sync', 0]],
  );
  assert.equal(Object.keys(settings).length, GUNICORN_SETTINGS.filter(({ kind: one }) => one !== 'hook').length);
});
