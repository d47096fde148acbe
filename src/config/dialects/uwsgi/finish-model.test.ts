import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServerModel } from '../../model/server-model.ts';
import { serveModel } from '../../serve-model.ts';
import { requestOf } from '../spoken.ts';
import { UWSGI } from './uwsgi.ts';

function modelOf(...args: readonly string[]): ServerModel {
  return serveModel(requestOf(UWSGI, args), '/srv');
}

const HTTP = ['--http', ':80'];

test('an application is below a URL, and what is below none is of the first', () => {
  const { apps, sites } = modelOf(
    ...HTTP,
    '--mount',
    '/shop=shop:app',
    '--mount',
    '/blog/=blog.py',
    '--mount',
    '/a=shop:app',
  );
  assert.deepEqual(
    apps.map(({ id, target }) => [id, target]),
    [
      ['site', 'shop:app'],
      ['mount-1', 'blog.py:application'],
    ],
  );
  const [site] = sites;
  assert.deepEqual(
    site?.locations.map(({ match, content }) => [
      match.kind === 'regex' ? '' : `${match.kind} ${match.text}`,
      content.kind === 'app' ? `${content.app} ${content.scriptName}` : '',
    ]),
    [
      ['exact /shop', 'site /shop'],
      ['prefix /shop/', 'site /shop'],
      ['exact /blog', 'mount-1 /blog'],
      ['prefix /blog/', 'mount-1 /blog'],
      ['exact /a', 'site /a'],
      ['prefix /a/', 'site /a'],
    ],
  );
  assert.equal(site?.content.kind, 'app');
  const alone = modelOf(...HTTP, '--mount', '/shop=shop:app', '--no-default-app');
  assert.equal(alone.sites[0]?.content.kind, 'reply');
  const root = modelOf(...HTTP, '--mount', '/=shop:app', '--no-default-app');
  assert.equal(root.sites[0]?.content.kind, 'app');
});

test('files are served from folders, and one file at its own URL; what is missing is asked of the application', () => {
  const folder = mkdtempSync(join(tmpdir(), 'portico-'));
  try {
    writeFileSync(join(folder, 'icon'), 'x');
    const { sites, scopes } = modelOf(
      ...[
        ...HTTP,
        '--module',
        'a',
        '--static-map',
        '/static=s',
        '--static-map2',
        '/media=/srv/m',
        '--check-static',
        'pub',
      ],
      ...[
        '--static-map',
        `/favicon.ico=${join(folder, 'icon')}`,
        '--static-index',
        'index.html',
        '--static-skip-ext',
        '.php',
      ],
      ...['--static-expires', '/* 60'],
    );
    const content = sites[0]?.content;
    assert.ok(content?.kind === 'app');
    assert.deepEqual(
      content.folders.map(({ url, root, missing }) => `${url} ${root} ${missing}`),
      ['/static/ /srv/s next', '/media/ /srv/m/media next', '/ /srv/pub next'],
    );
    assert.deepEqual(
      content.folders.map(({ index, cacheControl, asked }) => [index, cacheControl, asked?.[0]?.suffix]),
      content.folders.map(() => ['index.html', 'max-age=60', '.php']),
    );
    assert.deepEqual(sites[0]?.locations[0]?.match, { kind: 'exact', text: '/favicon.ico' });
    assert.equal(scopes[sites[0]?.locations[0]?.scope ?? 0]?.files.path, join(folder, 'icon'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('an address may speak TLS, and another lead to it', () => {
  const { listeners, sites, certificates } = modelOf(
    ...['--https', ':443,c.pem,k.pem,HIGH,!ca.pem', '--http-to-https', ':80', '--socket', 'a.sock', '--module', 'a'],
    ...['--http', ':8080', '--chmod-socket', '660', '--chown-socket', 'www-data:www-data'],
  );
  assert.deepEqual(certificates, [{ certFile: '/srv/c.pem', keyFile: '/srv/k.pem', password: '' }]);
  assert.deepEqual(
    listeners.map(({ tls, speaks, fallback, unix }) => [tls, speaks, fallback, unix]),
    [
      [true, undefined, 0, undefined],
      [false, 'uwsgi', 0, { mode: 0o660, owner: 'www-data:www-data' }],
      [false, undefined, 0, undefined],
      [false, undefined, 1, undefined],
    ],
  );
  assert.equal(sites[0]?.tls?.clients, 'required');
  assert.deepEqual(sites[1]?.content, {
    kind: 'reply',
    status: 301,
    body: ['https://', { variable: 'host' }, { variable: 'request_uri' }],
  });
});

test('lines of requests go to the log or to their own place, all of them or those of some statuses', () => {
  const logOf = (...args: readonly string[]) => {
    const { logs, scopes } = modelOf(...HTTP, '--module', 'a', ...args);
    return { sink: logs[0]?.sink, rule: scopes[0]?.accessLogs[0] };
  };
  assert.deepEqual(logOf().sink, { kind: 'file', path: '-' });
  assert.deepEqual(logOf('--logto', 'x.log').sink, { kind: 'file', path: '/srv/x.log' });
  assert.deepEqual(logOf('--req-logger', 'file:y.log').sink, { kind: 'file', path: '/srv/y.log' });
  assert.deepEqual(logOf('--req-logger', 'rsyslog:10.0.0.1,shop').sink, {
    ...{ kind: 'syslog', server: '10.0.0.1:514', facility: 'local0', tag: 'shop', severity: 'info', hasHost: true },
  });
  assert.equal(logOf('-L').rule, undefined);
  assert.deepEqual(logOf('-L', '--log-5xx').rule?.when, [{ variable: 'uwsgi_logged' }]);
  assert.match(JSON.stringify(logOf('--log-x-forwarded-for').rule?.format), /%\(forwarded\)/);
  assert.match(JSON.stringify(logOf('--log-format', '%(status)').rule?.format), /"%\(status\)"/);
});

test('what is said of the process is in the model', () => {
  const { process, apps } = modelOf(...HTTP, '--module', 'a', '--procname', 'shop', '-H', 'env', '--optimize', '2');
  assert.equal(process.title, 'shop');
  assert.equal(apps[0]?.python, '/srv/env/bin/python');
  assert.equal(apps[0]?.env['PYTHONOPTIMIZE'], '2');
});

test('what is beside the workers is there once, however many applications there are', () => {
  const { apps } = modelOf(...HTTP, '--module', 'a', '--mount', '/b=b', '--mule', '--spooler', 'tasks', '--locks', '2');
  assert.deepEqual(
    apps.map(({ uwsgi }) => [
      uwsgi?.mules.length,
      uwsgi?.locks,
      uwsgi?.spooler.folders.map(({ isExternal }) => isExternal),
    ]),
    [
      [1, 2, [false]],
      [0, 2, [true]],
    ],
  );
});
