import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorLog } from '../../../model/logs.ts';
import { errorsOf, readText } from '../fake-files.ts';
import { errorLogsOf } from './error-log.ts';

function logsOf(text: string): readonly ErrorLog[] {
  const { draft } = readText(`events {}\n${text}`);
  const http = draft.children.find(({ kind }) => kind === 'http');
  const server = http?.children[0];
  return errorLogsOf(server?.children[0] ?? server ?? http ?? draft, { prefix: '/srv/', errorLog: '' });
}

const file = (path: string, level: ErrorLog['level']): ErrorLog => ({ sink: { kind: 'file', path }, level });

test('a log has the level that is said, or error', () => {
  assert.deepEqual(logsOf('error_log a.log; error_log /b.log warn; error_log stderr debug;'), [
    file('/srv/a.log', 'error'),
    file('/b.log', 'warn'),
    { sink: { kind: 'stderr' }, level: 'debug' },
  ]);
  assert.deepEqual(logsOf('error_log a.log debug_http debug_core;'), [file('/srv/a.log', 'debug')]);
});

test('a block that says something about logs has no others', () => {
  const text = 'error_log a.log; http { error_log b.log; server { location / { error_log c.log crit; } } }';
  assert.deepEqual(logsOf(text), [file('/srv/c.log', 'crit')]);
  assert.deepEqual(logsOf('error_log a.log; http { server { location / { } } }'), [file('/srv/a.log', 'error')]);
});

test('a log of syslog has what is said of it, and what is usual', () => {
  const usual = { kind: 'syslog', facility: 'local7', severity: 'info', tag: 'nginx', hasHost: true };
  assert.deepEqual(logsOf('error_log syslog:server=10.0.0.1:514 warn;'), [
    { sink: { ...usual, server: '10.0.0.1:514' }, level: 'warn' },
  ]);
  assert.deepEqual(logsOf('error_log syslog:server=10.0.0.2,facility=local1,tag=shop,nohostname;'), [
    { sink: { ...usual, server: '10.0.0.2', facility: 'local1', tag: 'shop', hasHost: false }, level: 'error' },
  ]);
});

test('what is kept in memory is written nowhere', () => {
  assert.deepEqual(logsOf('error_log memory:32m debug;'), []);
});

test('bad values are told in the words of nginx', () => {
  assert.deepEqual(
    errorsOf('events {} error_log a warning; error_log a info warn; error_log syslog:; error_log a debug_http info;'),
    [
      '1:23 invalid log level "warning"',
      '1:49 duplicate log level "warn"',
      '1:65 unknown syslog parameter ""',
      '1:97 duplicate log level "info"',
    ],
  );
});
