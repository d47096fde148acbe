import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, namesOf, requestOf } from '../spoken.ts';
import { UWSGI } from './uwsgi.ts';

const LINE = '--http :9090 --wsgi-file foobar.py --master --processes 4 --threads 2 --stats 127.0.0.1:9191'.split(' ');

test('a command line of the quickstart is a server', () => {
  const { app, options } = requestOf(UWSGI, LINE);
  assert.equal(app, 'foobar.py:application');
  assert.deepEqual(options.binds, [{ kind: 'tcp', host: '0.0.0.0', port: 9090 }]);
  assert.deepEqual([options.workers, options.threads, options.timeoutMs], [4, 2, 0]);
  assert.deepEqual(options.stats, { kind: 'tcp', host: '127.0.0.1', port: 9191 });
});

test('the stats server is where uWSGI has it', () => {
  const { options } = requestOf(UWSGI, [
    '--module',
    'a',
    '--http',
    ':80',
    '--stats',
    '@stats',
    '--stats-http',
    '--stats-min',
  ]);
  assert.deepEqual(options.stats, { kind: 'unix', path: '@stats' });
  assert.deepEqual([options.statsHttp, options.statsMinified, options.statsNoCores], [true, true, false]);
  const atPath = requestOf(UWSGI, [
    '--module',
    'a',
    '--http',
    ':80',
    '--stats-server',
    '/run/s',
    '--stats-no-cores',
  ]).options;
  assert.deepEqual([atPath.stats, atPath.statsNoCores], [{ kind: 'unix', path: '/run/s' }, true]);
});

test('an ini file says the same, with placeholders, conditions and magic variables', () => {
  const text = `[other]
nonsense = 1
[uwsgi]
; a comment
base = /srv/shop
socket = %(base)/%n.sock
chdir = %(base)
module = shop.wsgi
if-env = STAGE
processes = 3
endif =
if-not-env = STAGE
processes = 9
endif =
for = a b
pythonpath = %(base)/%(_)
endfor =
threads = %(count + 1)
set-ph = count=4
master
`;
  const { app, options } = requestOf(UWSGI, ['/srv/shop.ini'], {
    env: { STAGE: 'x' },
    files: { '/srv/shop.ini': text },
  });
  assert.equal(app, 'shop.wsgi:application');
  assert.deepEqual(options.binds, [{ kind: 'unix', path: '/srv/shop/shop.sock', speaks: 'uwsgi' }]);
  assert.deepEqual([options.workers, options.threads], [3, 5]);
  assert.equal(options.env.get('PYTHONPATH'), '/srv/shop/a:/srv/shop/b');
});

test('faults name the line, and the nearest option', () => {
  const files = { 'a.ini': '[uwsgi]\nhttp = :80\nmodule = a\nproceses = 2\nemperor = /etc\n', 'b.ini': '[x]\n' };
  assert.deepEqual(faultsOf(UWSGI, ['--ini', 'a.ini'], { files }), [
    'dialect.unknown-key a.ini:4:1: proceses',
    'dialect.unsupported a.ini:5:1: emperor',
  ]);
  assert.deepEqual(faultsOf(UWSGI, [...LINE, 'b.ini', 'c.yml'], { files }), [
    'dialect.file b.ini',
    'dialect.file c.yml',
  ]);
  assert.deepEqual(faultsOf(UWSGI, ['-p']), [
    'dialect.missing-value -p',
    'dialect.conflict --http',
    'dialect.missing-application --wsgi-file, --module or --mount',
  ]);
});

test('remarks behind numbers, switches and addresses are none of them, and what stands in the environment is only told', () => {
  const text =
    '[uwsgi]\nhttp = :80 # here\nmaster = true ; yes\nprocesses = %k   ; at most\nmodule = a\nthreads = 3\t; more\n';
  const spoken = { files: { 'a.ini': text }, env: { UWSGI_SHOP: '2', UWSGI_HARAKIRI: '7' } };
  const { options } = requestOf(UWSGI, ['--ini', 'a.ini', 'kill_them_all'], spoken);
  assert.equal(options.threads, 3);
  assert.equal(options.timeoutMs, 7000);
  assert.deepEqual(faultsOf(UWSGI, ['--ini', 'a.ini', 'kill_them_all'], { ...spoken, severity: 'warning' }), [
    'dialect.note kill_them_all',
    'dialect.unknown-key UWSGI_SHOP',
  ]);
});

test('a file in a placeholder is read, and nothing else is', () => {
  const files = { 'a.ini': '[uwsgi]\nhttp = :80\nmodule = @(name)\nenv = A=@(exec://ls)\n', name: 'shop\n' };
  assert.deepEqual(faultsOf(UWSGI, ['a.ini'], { files }), ['dialect.file a.ini:4:1: env']);
});

test('a file that names itself ends', () => {
  const files = { 'a.ini': '[uwsgi]\nini = a.ini\n' };
  assert.ok(faultsOf(UWSGI, [...LINE, 'a.ini'], { files }).includes('dialect.file a.ini:2:1: ini'));
});

test('every option has one row', () => {
  assert.ok(namesOf(UWSGI).length > 800);
});

test('a name that --set gives need be no option: the application reads it', () => {
  requestOf(UWSGI, [...LINE, '--set', 'colour=red', '--set-ph', 'shape=round']);
});
