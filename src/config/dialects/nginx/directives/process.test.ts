import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPlace } from '../../../place.ts';
import { errorsOf, readText } from '../fake-files.ts';
import type { NginxReport } from '../report.ts';
import type { NginxProcess } from './process.ts';
import { processOf } from './process.ts';

const AROUND = {
  prefix: '/srv/',
  confPrefix: '/etc/nginx/',
  errorLog: '',
  accessLog: '',
  coreCount: 4,
  isRoot: true,
  hostname: 'Box',
  accounts: { hasUser: (name: string) => name !== 'nowhere', hasGroup: (name: string) => name !== 'www' },
  title: 'nginx',
};

const said: string[] = [];
const told: NginxReport = (_code, place, message, { severity = 'error' } = {}) =>
  said.push(`${renderPlace(place)} ${severity} ${message}`);

function read(text: string, around: Partial<typeof AROUND> = {}): NginxProcess {
  return processOf(readText(`events {}\n${text}`).draft, { ...AROUND, ...around }, told);
}

test('what is not said is as nginx has it', () => {
  const { process, ...rest } = read('');
  assert.deepEqual(rest, { threads: 1, connectionsMax: 512, shutdownMs: 86_400_000, environment: [] });
  assert.deepEqual(process, {
    manner: 'nginx',
    title: 'nginx',
    user: 'nobody',
    group: '',
    umask: undefined,
    pidFile: '/run/nginx.pid',
    controlSocket: '',
    isDaemon: true,
    logFile: '',
    logFormat: 'text',
    logLevel: 'info',
    errorLogs: [{ sink: { kind: 'stderr' }, level: 'error' }],
    filesMax: 0,
    edgeProgram: '',
    zygoteProgram: '',
  });
});

test('what is said is taken', () => {
  const { process, ...rest } = processOf(
    readText(
      'daemon off; master_process on; pid run/a.pid; user www www-group; worker_processes 3; worker_rlimit_nofile 4000; ' +
        'worker_shutdown_timeout 10s; env PATH; env A=b; error_log logs/e.log; events { worker_connections 100; }',
    ).draft,
    AROUND,
    told,
  );
  assert.deepEqual(rest, { threads: 3, connectionsMax: 300, shutdownMs: 10_000, environment: ['PATH', 'A=b'] });
  assert.deepEqual(
    [process.isDaemon, process.pidFile, process.user, process.group, process.filesMax],
    [false, '/srv/run/a.pid', 'www', 'www-group', 4000],
  );
  assert.deepEqual(process.errorLogs, [{ sink: { kind: 'file', path: '/srv/logs/e.log' }, level: 'error' }]);
});

test('there are as many threads as help', () => {
  assert.equal(read('worker_processes auto;').threads, 4);
  assert.equal(read('worker_processes 100;').threads, 4);
  assert.equal(read('worker_processes 0;').threads, 1);
});

test('who is not root stays who it is', () => {
  said.length = 0;
  const { process } = read('user nowhere;', { isRoot: false });
  assert.deepEqual([process.user, process.group], ['', '']);
  assert.deepEqual(said, [
    '/etc/nginx/nginx.conf:2:6 warning the "user" directive makes sense only if the master process runs with super-user privileges, ignored',
  ]);
});

test('users and groups are names that the system has, and the group is that of the name of the user', () => {
  said.length = 0;
  assert.deepEqual([read('user shop;').process.user, read('user shop;').process.group], ['shop', 'shop']);
  assert.deepEqual(said, []);
  read('user nowhere;');
  read('user shop www;');
  read('user www;');
  assert.deepEqual(said, [
    '/etc/nginx/nginx.conf:2:6 error getpwnam("nowhere") failed',
    '/etc/nginx/nginx.conf:2:6 error getgrnam("www") failed',
    '/etc/nginx/nginx.conf:2:6 error getgrnam("www") failed',
  ]);
});

test('errors that no file says anything about go where the command line says', () => {
  assert.deepEqual(read('', { errorLog: 'error.log' }).process.errorLogs, [
    { sink: { kind: 'file', path: '/srv/error.log' }, level: 'error' },
  ]);
});

test('bad values are told in the words of nginx', () => {
  assert.deepEqual(errorsOf('worker_processes many; events { worker_connections lots; } daemon maybe; user;'), [
    '1:18 "worker_processes" directive invalid value',
    '1:52 invalid number "lots" in "worker_connections" directive',
    '1:67 invalid value "maybe" in "daemon" directive, it must be "on" or "off"',
    '1:74 invalid number of arguments in "user" directive',
  ]);
});
