import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogTarget } from '../../../model/logs.ts';
import type { Draft } from '../draft.ts';
import { errorsOf, inHttp, readText } from '../fake-files.ts';
import { accessLogsOf, logsSubrequestsOf } from './access-log.ts';

/** The innermost of the first blocks. */
function innermost(text: string): Draft {
  let { draft } = readText(`events {}\nhttp { ${text} }`);
  draft = draft.children.find(({ kind }) => kind === 'http') ?? draft;
  for (let child = draft.children[0]; child !== undefined; child = child.children[0]) {
    draft = child;
  }
  return draft;
}

function logsOf(text: string, fallback = '') {
  return accessLogsOf(innermost(text), { prefix: '/srv/', fallback });
}

function pathsOf(text: string, fallback = '') {
  return logsOf(text, fallback).map(({ target: { sink } }) => (sink.kind === 'file' ? sink.path : sink.server));
}

const target = (path: string, more: Partial<LogTarget> = {}): LogTarget => ({
  sink: { kind: 'file', path },
  bufferBytes: 0,
  flushMs: 0,
  gzipLevel: 0,
  ...more,
});

test('a block that says something about logs has no others, and off has none', () => {
  assert.deepEqual(pathsOf('access_log a; server { access_log b; access_log c; location / { } }'), [
    '/srv/b',
    '/srv/c',
  ]);
  assert.deepEqual(pathsOf('access_log a; server { location / { } }'), ['/srv/a']);
  assert.deepEqual(pathsOf('access_log a; server { location / { access_log off; } }'), []);
  assert.deepEqual(pathsOf('server { access_log b; access_log off; }'), []);
  assert.deepEqual(pathsOf('access_log off; server { location / { access_log b; } }'), ['/srv/b']);
  assert.deepEqual(pathsOf('server { location / { if ($arg_x) { access_log off; } } }', '/var/a'), []);
});

test('a file that says nothing of logs has the usual one, in the format of combined', () => {
  const [log] = logsOf('server { }', '/var/log/nginx/access.log');
  assert.deepEqual(log?.target, target('/var/log/nginx/access.log'));
  assert.equal(log?.rule.format.words, 'nginx');
  assert.deepEqual(logsOf('server { access_log /var/log/nginx/access.log combined; }')[0], log);
});

test('a format is found by its name in whatever case, and is put together of its words', () => {
  const [log] = logsOf(`log_format Main escape=json '$host' " x" '-$1'; access_log a main;`);
  assert.deepEqual(log?.rule.format, {
    words: 'nginx',
    template: [{ variable: 'host' }, ' x-', { capture: 1 }],
    escape: 'json',
  });
});

test('buffers, their times, compression and conditions are read', () => {
  const [first, second, third] = logsOf(
    'access_log a combined buffer=32k flush=1m if=$arg_x; access_log b combined gzip; access_log c combined gzip=7 buffer=1m;',
  );
  assert.deepEqual(first?.target, target('/srv/a', { bufferBytes: 32_768, flushMs: 60_000 }));
  assert.deepEqual(first?.rule.when, [{ variable: 'arg_x' }]);
  assert.deepEqual(second?.target, target('/srv/b', { bufferBytes: 65_536, gzipLevel: 1 }));
  assert.deepEqual(third?.target, target('/srv/c', { bufferBytes: 1_048_576, gzipLevel: 7 }));
});

test('a path with variables is below the prefix too, and its files stay open if that is said', () => {
  const [log] = logsOf('open_log_file_cache max=10 inactive=1m valid=2m min_uses=3; server { access_log $host.log; }');
  assert.deepEqual(log?.target, {
    ...target(''),
    sink: { kind: 'file', path: ['/srv/', { variable: 'host' }, '.log'] },
    kept: { filesMax: 10, idleMs: 60_000, checkMs: 120_000, usesMin: 3 },
  });
  const [whole] = logsOf('open_log_file_cache max=10; server { open_log_file_cache off; access_log /l/$host.log; }');
  assert.deepEqual(whole?.target, {
    ...target(''),
    sink: { kind: 'file', path: ['/l/', { variable: 'host' }, '.log'] },
  });
});

test('syslog has its server, and what is usual', () => {
  const [log] = logsOf('access_log syslog:server=[::1]:5514,facility=mail,tag=a_1,severity=warn,nohostname combined;');
  assert.deepEqual(log?.target.sink, {
    kind: 'syslog',
    server: '[::1]:5514',
    facility: 'mail',
    severity: 'warn',
    tag: 'a_1',
    hasHost: false,
  });
});

test('a Unix socket of syslog is told of, and takes the place of what is around it', () => {
  const { diagnostics } = readText('events {} http { access_log syslog:server=unix:/dev/log; }');
  assert.deepEqual(
    diagnostics.map(({ severity, code }) => [severity, code]),
    [['warning', 'nginx.later']],
  );
  assert.deepEqual(pathsOf('access_log a; server { access_log syslog:server=unix:/dev/log; }'), []);
});

test('subrequests are logged where that is said', () => {
  assert.equal(logsSubrequestsOf(innermost('log_subrequest on; server { }')), true);
  assert.equal(logsSubrequestsOf(innermost('server { }')), undefined);
});

test('bad logs are told in the words of nginx', () => {
  const cases: Readonly<Record<string, string>> = {
    'access_log a none;': 'unknown log format "none"',
    'access_log a later; log_format later x;': 'unknown log format "later"',
    'access_log a buffer=1k;': 'unknown log format "buffer=1k"',
    'access_log off combined;': 'invalid parameter "combined"',
    'access_log a combined buffer=0;': 'invalid buffer size "0"',
    'access_log a combined buffer=1k flush=x;': 'invalid flush time "x"',
    'access_log a combined flush=1s;': 'no buffer is defined for access_log "a"',
    'access_log a combined gzip=10;': 'invalid compression level "10"',
    'access_log a combined fast;': 'invalid parameter "fast"',
    'access_log $host combined buffer=1k;': 'buffered logs cannot have variables in name',
    'access_log syslog:server=a combined gzip;': 'logs to syslog cannot be buffered',
    'access_log syslog:server=a,server=b;': 'duplicate syslog "server"',
    'access_log syslog:server=a,facility=local8;': 'unknown syslog facility "local8"',
    'access_log syslog:server=a,severity=bad;': 'unknown syslog severity "bad"',
    'access_log syslog:server=a,tag=a-b;': 'syslog "tag" only allows alphanumeric characters and underscore',
    [`access_log syslog:server=a,tag=${'x'.repeat(33)};`]: 'syslog tag length exceeds 32',
    'access_log syslog:server=a,port=1;': 'unknown syslog parameter "port=1"',
    'access_log syslog:tag=a;': 'no syslog server specified',
    'log_format combined x;': 'duplicate "log_format" name "combined"',
    'log_format a x; log_format a y;': 'duplicate "log_format" name "a"',
    'log_format a escape=html x;': 'unknown log format escaping "html"',
    'open_log_file_cache inactive=1m;': '"open_log_file_cache" must have "max" parameter',
    'open_log_file_cache max=x;': 'invalid "open_log_file_cache" parameter "max=x"',
  };
  for (const [text, message] of Object.entries(cases)) {
    assert.deepEqual(
      inHttp(text).map((error) => error.replace(/^\S+ /, '')),
      [message],
      text,
    );
  }
  assert.equal(errorsOf('events {} http { access_log a; log_format a $nothing_known; }').length, 1);
});
