import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUwsgiAppOption, uwsgiApp } from './uwsgi-app.ts';

function read(...options: readonly (readonly [string, string])[]) {
  return uwsgiApp(
    options.map(([name, value]) => ({ name, value })),
    '/srv/site',
  );
}

function faultOf(name: string, value: string): string | undefined {
  return read([name, value]).faults[0]?.fault;
}

test('uwsgiApp() keeps all options for uwsgi.opt, and true for those without a value', () => {
  const { app, faults } = read(['master', 'true'], ['processes', '2'], ['foo', 'bar']);
  assert.deepEqual(app.options, [
    ['master', true],
    ['processes', '2'],
    ['foo', 'bar'],
  ]);
  assert.deepEqual(faults, []);
  assert.deepEqual(app.mules, []);
  assert.equal(isUwsgiAppOption('processes'), false);
  assert.equal(isUwsgiAppOption('cache2'), true);
});

test('mules, farms and their messages', () => {
  const { app } = read(
    ['mule', 'true'],
    ['mule', 'work.py'],
    ['mule', 'pkg.mod:loop'],
    ['mules', '2'],
    ['farm', 'one:1,3'],
    ['mule-msg-size', '100000'],
    ['mule-harakiri', '5'],
  );
  assert.deepEqual(app.mules, ['', '/srv/site/work.py', 'pkg.mod:loop', '', '']);
  assert.deepEqual(app.farms, [{ name: 'one', mules: [1, 3] }]);
  assert.equal(app.muleMessageBytes, 100_000);
  assert.equal(app.muleHarakiri, 5);
  assert.equal(faultOf('farm', 'one'), '"one" is not NAME:MULE,MULE');
  assert.equal(faultOf('mules', 'x'), '"x" is no number from 1 to 256');
});

test('spoolers are folders relative to the current one', () => {
  const { spooler } = read(
    ['spooler', 'jobs'],
    ['spooler-external', '/var/jobs'],
    ['spooler-processes', '3'],
    ['spooler-frequency', '5'],
    ['spooler-max-tasks', '10'],
    ['spooler-harakiri', '20'],
    ['spooler-ordered', 'true'],
    ['spooler-quiet', 'true'],
    ['spooler-chdir', 'work'],
  ).app;
  assert.deepEqual(spooler, {
    folders: [
      { path: '/srv/site/jobs', isExternal: false },
      { path: '/var/jobs', isExternal: true },
    ],
    processes: 3,
    frequency: 5,
    tasksMax: 10,
    harakiri: 20,
    isOrdered: true,
    isQuiet: true,
    chdir: '/srv/site/work',
  });
});

test('caches have the defaults of uWSGI', () => {
  const { app } = read(['cache2', 'name=one,items=100'], ['cache', '5']);
  assert.deepEqual(app.caches[0], {
    name: 'one',
    items: 100,
    blocks: 100,
    blockBytes: 65_535,
    keyBytes: 2048,
    hashSize: 65_536,
    mathInitial: 0,
    hasBitmap: false,
    purgesLru: false,
    clearsOnFull: false,
    ignoresFull: false,
    expires: true,
  });
  assert.equal(app.caches[1]?.name, 'default');
  const other = read(['cache2', 'name=x,max_items=2,blocks=8,blocksize=10,bitmap=1,lru=1,math_initial=-3']).app;
  assert.deepEqual(
    [other.caches[0]?.blocks, other.caches[0]?.hasBitmap, other.caches[0]?.purgesLru, other.caches[0]?.mathInitial],
    [8, true, true, -3],
  );
});

test('a cache that cannot be says why', () => {
  assert.equal(faultOf('cache2', 'items=5'), 'a cache needs name=NAME and items=COUNT');
  assert.equal(faultOf('cache2', 'name=a,items=5,blocks=2'), '"blocks" is at least "items", 5');
  assert.match(faultOf('cache2', 'name=a,items=x') ?? '', /^"items" is a number from 1 to/);
  assert.match(faultOf('cache2', 'name=a,items=5,store=/tmp/x') ?? '', /^"store" is not supported: a cache lives/);
  assert.match(faultOf('cache2', 'name=a,items=5,nodes=b:1') ?? '', /^"nodes" is not supported: a cache is known/);
  assert.match(faultOf('cache2', 'name=a,itms=5') ?? '', /^"itms" is none of its keys/);
  assert.match(faultOf('cache2', 'name=a,items=50000000,blocksize=65535') ?? '', /is the most$/);
});

test('crons of three forms', () => {
  const { app } = read(
    ['cron', '59 -1 -1 -1 -1 touch a b'],
    ['unique-cron', '-15 2 -1 -1 7 run'],
    ['cron2', 'minute=-2,unique=1,harakiri=9 sleep 5'],
    ['cron2', 'date now'],
    ['cron-harakiri', '30'],
  );
  assert.deepEqual(app.crons, [
    { minute: 59, hour: -1, day: -1, month: -1, week: -1, command: 'touch a b', isUnique: false, harakiri: 30 },
    { minute: -15, hour: 2, day: -1, month: -1, week: 7, command: 'run', isUnique: true, harakiri: 30 },
    { minute: -2, hour: -1, day: -1, month: -1, week: -1, command: 'sleep 5', isUnique: true, harakiri: 9 },
    { minute: -1, hour: -1, day: -1, month: -1, week: -1, command: 'date now', isUnique: false, harakiri: 30 },
  ]);
  assert.match(faultOf('cron', '1 2 3 4') ?? '', /is not MINUTE HOUR/);
  assert.match(faultOf('cron', '99 -1 -1 -1 -1 x') ?? '', /^"99" is no minute/);
  assert.equal(faultOf('cron2', 'minute=1'), '"minute=1" names no command');
  assert.match(faultOf('cron2', 'legion=a x') ?? '', /^"legion" is not supported/);
  assert.equal(faultOf('cron2', 'harakiri=x y'), '"harakiri" is a number of seconds');
});

test('daemons of all forms', () => {
  const { app } = read(
    ['attach-daemon', 'redis-server'],
    ['attach-control-daemon', 'main'],
    ['smart-attach-daemon', '/run/a.pid,5 start a'],
    ['smart-attach-daemon2', '/run/b.pid start b'],
    [
      'attach-daemon2',
      String.raw`cmd=run a\,b,freq=3,pidfile=/x,control=1,daemonize=1,touch=/a;/b,stopsignal=INT,reloadsignal=1,chdir=/y,max_throttle=8,uid=me,gid=us`,
    ],
  );
  const [plain, control, smart, smart2, full] = app.daemons;
  assert.deepEqual(
    [plain?.command, plain?.isControl, plain?.stopSignal, plain?.pidfile],
    ['redis-server', false, 15, ''],
  );
  assert.equal(control?.isControl, true);
  assert.deepEqual(
    [smart?.pidfile, smart?.frequency, smart?.command, smart?.daemonizes],
    ['/run/a.pid', 5, 'start a', false],
  );
  assert.deepEqual([smart2?.pidfile, smart2?.frequency, smart2?.daemonizes], ['/run/b.pid', 10, true]);
  assert.deepEqual(full, {
    command: 'run a,b',
    pidfile: '/x',
    frequency: 3,
    daemonizes: true,
    isControl: true,
    stopSignal: 2,
    reloadSignal: 1,
    touch: ['/a', '/b'],
    chdir: '/y',
    throttleMax: 8,
    user: 'me',
    group: 'us',
  });
  assert.equal(faultOf('smart-attach-daemon', '/run/a.pid'), '"/run/a.pid" is not PIDFILE[,SECONDS] COMMAND');
  assert.equal(faultOf('attach-daemon2', 'freq=1'), 'it needs cmd=COMMAND');
  assert.match(faultOf('attach-daemon2', 'cmd=a,stopsignal=NO') ?? '', /are numbers of Unix signals$/);
  assert.match(faultOf('attach-daemon2', 'cmd=a,freq=x') ?? '', /are numbers of seconds$/);
  assert.match(faultOf('attach-daemon2', 'cmd=a,stdin=x') ?? '', /^"stdin" is not supported/);
});

test('shared areas, timers, files and imports', () => {
  const { app } = read(
    ['sharedarea', '2'],
    ['sharedarea', 'size=100'],
    ['sharedarea', 'size=0x10'],
    ['sharedarea', 'pages=1'],
    ['timer', '17 10'],
    ['rbtimer', '18 5'],
    ['fs-signal', 'a.txt 3'],
    ['import', 'one'],
    ['shared-import', 'two'],
    ['spooler-import', 'three'],
    ['locks', '4'],
  );
  assert.deepEqual(app.sharedAreas, [8192, 100, 16, 4096]);
  assert.deepEqual(app.timers, [
    { signal: 17, seconds: 10 },
    { signal: 18, seconds: 5 },
  ]);
  assert.deepEqual(app.fileSignals, [{ path: '/srv/site/a.txt', signal: 3 }]);
  assert.deepEqual(app.imports, [
    { where: 'workers', module: 'one' },
    { where: 'all', module: 'two' },
    { where: 'spoolers', module: 'three' },
  ]);
  assert.equal(app.locks, 4);
  assert.match(faultOf('sharedarea', 'size=-1') ?? '', /^an area has from 1/);
  assert.match(faultOf('sharedarea', 'file=/x') ?? '', /^"file" is not supported/);
  assert.equal(faultOf('timer', '300 1'), '"300 1" is not SIGNAL SECONDS');
  assert.equal(faultOf('fs-signal', 'a'), '"a" is not PATH SIGNAL');
});

test('hooks, and commands at moments', () => {
  const { app } = read(['hook-post-fork', 'print:hello'], ['exec-as-user', 'id'], ['hook-touch', '/run/x write:/y z']);
  assert.deepEqual(app.hooks, [
    { phase: 'post-fork', action: 'print:hello', path: '' },
    { phase: 'as-user', action: 'exec:id', path: '' },
    { phase: 'touch', action: 'write:/y z', path: '/run/x' },
  ]);
  assert.match(faultOf('hook-asap', 'mount:x') ?? '', /^file systems are mounted/);
  assert.match(faultOf('hook-asap', 'dance:x') ?? '', /^"dance:x" is none of the actions/);
  assert.equal(isUwsgiAppOption('hook-as-root'), false);
});
