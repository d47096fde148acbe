import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { App } from '../../../model/app.ts';
import type { ServerModel } from '../../../model/server-model.ts';
import { readServeRequest } from '../../../read.ts';
import { serveModel } from '../../../serve-model.ts';
import { fakeFiles } from '../fake-files.ts';
import { modelOfNginx } from '../nginx-model.ts';
import { readNginx } from '../read-nginx.ts';
import { Diagnostics } from '../report.ts';

const AROUND = {
  prefix: '/srv/',
  confPrefix: '/etc/',
  errorLog: '',
  accessLog: '',
  coreCount: 2,
  isRoot: false,
  hostname: 'Box',
  accounts: { hasUser: () => true, hasGroup: () => true },
  title: 'nginx',
};

function read(locations: string, main = ''): { readonly model: ServerModel; readonly told: readonly string[] } {
  const text = `${main}\nevents {}\nhttp { server {\n${locations}\n} }\n`;
  const reading = readNginx('/etc/nginx.conf', fakeFiles({ '/etc/nginx.conf': text }));
  const { request } = readServeRequest([], { env: {}, coreCount: 2 });
  assert.ok(request !== undefined);
  const found = new Diagnostics();
  const model = modelOfNginx(reading.draft, AROUND, serveModel(request, '/'), found.report);
  const told = [...reading.diagnostics, ...found.all()].map(({ message, hint = '' }) => `${message} | ${hint}`);
  return { model, told };
}

function appOf(block: string): App {
  const { model, told } = read(`location / { python_app site.wsgi { ${block} } }`);
  assert.deepEqual(told, []);
  const [app] = model.apps;
  assert.ok(app !== undefined);
  return app;
}

test('an application without a block is as portico serve runs one, in the folder of the prefix', () => {
  const { model, told } = read('location / { python_app site.wsgi; }');
  assert.deepEqual(told, []);
  const [app] = model.apps;
  assert.deepEqual(
    [app?.id, app?.target, app?.chdir, app?.workers, app?.env],
    ['site.wsgi', 'site.wsgi', '/srv', 2, {}],
  );
});

test('settings have the names of portico serve, with nginx values', () => {
  const app = appOf(
    'interface asgi; workers 4; workers_min 2; idle 10m; threads 2; worker_connections 9; loop uvloop; preload on; chdir site; venv env; env A x; env B "y z"; env_file .env; ' +
      'timeout 500ms; graceful_timeout 1m; start_timeout 5; drain_timeout 0; max_requests 10; max_requests_jitter 2; max_age 1h; max_memory 300m; ' +
      'queue 5; queue_timeout 2s; websockets off; ws_max_size 1m; ws_compression off; root_path /base/; x_accel /protected /data; x_sendfile out;',
  );
  assert.deepEqual(app, {
    ...{ id: 'site.wsgi', target: 'site.wsgi', interface: 'asgi', workers: 4, threads: 2, workerConnections: 9 },
    ...{ workersMin: 2, idleMs: 600_000 },
    ...{ workerClass: 'sync', loop: 'uvloop', lifespan: 'auto', preload: 'always', chdir: '/srv/site' },
    ...{ python: '/srv/env', env: { A: 'x', B: 'y z' }, envFile: '/srv/.env', rootPath: '/base' },
    timeouts: { requestMs: 500, gracefulMs: 60_000, startMs: 5000, drainMs: 0 },
    recycling: { requestsMax: 10, requestsJitter: 2, ageMsMax: 3_600_000, memoryBytesMax: 300 * 2 ** 20 },
    queue: { depthMax: 5, timeoutMs: 2000 },
    webSockets: { ...app.webSockets, isOn: false, messageBytesMax: 2 ** 20, deflates: false },
    namedFolders: [
      { url: '/protected/', root: '/data' },
      { url: '', root: '/srv/out' },
    ],
  });
  assert.equal(appOf('python python3.12;').python, 'python3.12');
});

test('locations that say the same have one application, and whoever says else is told of it', () => {
  const { model, told } = read(`
location / { python_app a { workers 1; env X 1; env Y 2; } }
location /b/ { python_app a { env Y 2; env X 1; workers 1; mount off; } }
location = /c { python_app a; }
location @d { python_app other; }`);
  assert.deepEqual(
    model.apps.map(({ id }) => id),
    ['a', 'a-2', 'other'],
  );
  assert.deepEqual(
    model.sites[0]?.locations.map(({ content, redirectsToSlash }) =>
      content.kind === 'app' ? [content.app, content.scriptName, redirectsToSlash] : content.kind,
    ),
    [
      ['a', '', true],
      ['a', '', true],
      ['a-2', '', false],
      ['other', '', false],
    ],
  );
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^"a" is another application than the one in line 5 of /);
});

test('env of the top level is for all applications', () => {
  const { model } = read('location / { python_app a { env A own; } }', 'env A=main; env B=b=c; env HOME;');
  assert.deepEqual(model.apps[0]?.env, { A: 'own', B: 'b=c' });
});

test('the mount is the prefix of the location around, unless it is said', () => {
  const { model } = read(`
location ^~ /a/ { python_app x; if ($arg_y) { python_app y; } }
location ~ ^/b/ { python_app x { mount /b; } }`);
  const [first, second] = model.sites[0]?.locations ?? [];
  const names = [first?.content, first?.rewrite[0]?.kind === 'if' && first.rewrite[0].content, second?.content];
  assert.deepEqual(
    names.map((content) => content && content.kind === 'app' && [content.app, content.scriptName]),
    [
      ['x', '/a'],
      ['y', '/a'],
      ['x', '/b'],
    ],
  );
});

test('what cannot be is told, with the right word', () => {
  const faults: readonly (readonly [string, RegExp])[] = [
    ['location / { python_app a { wokers 3; } }', /unknown directive "wokers" \| Did you mean "workers"\?/],
    ['location / { python_app a { workers 0; } }', /value must be between 1 and 512/],
    ['location / { python_app a { timeout 100d; } }', /"timeout" directive invalid value \| It is longer than 24 days/],
    ['location / { python_app a { env X=1; } }', /invalid number of arguments in "env"/],
    [
      'location / { python_app a { env X=1 2; } }',
      /invalid name of a variable "X=1" \| Here it is written with a space/,
    ],
    ['location / { python_app a { venv a; python b; } }', /both say which Python it is/],
    ['location / { python_app a { mount shop; } }', /invalid path "shop" \| Write off, or a path/],
    ['location / { python_app a { mount /a/../b; } }', /invalid path/],
    ['location / { python_app a { root_path x; } }', /invalid path "x"/],
    ['location / { python_app a { x_accel files /a; } }', /invalid path "files"/],
    ['location / { python_app ""; }', /invalid application ""/],
    ['location / { python_app; }', /invalid number of arguments in "python_app" directive/],
    ['python_app a;', /"python_app" directive is not allowed here/],
    ['location / { python_app a\n workers 3; }', /invalid number of arguments in "python_app" .*The "\{" is missing/],
    ['location / { python_app a\n root /b; }', /invalid number of arguments in "python_app" .*The ";" is missing/],
  ];
  for (const [text, pattern] of faults) {
    const { told } = read(text);
    assert.match(told.join('\n'), pattern, text);
  }
});
