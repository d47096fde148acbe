import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerModel } from './model/server-model.ts';
import { readServeRequest } from './read.ts';
import { serveModel } from './serve-model.ts';

function model(...args: string[]): ServerModel {
  const { request, diagnostics } = readServeRequest(args, { env: {}, coreCount: 2 });
  assert.ok(request, JSON.stringify(diagnostics));
  return serveModel(request, '/srv');
}

test('serveModel() is one site that its application answers', () => {
  const { sites, apps, scopes, listeners, connections } = model('shop.wsgi', '--keep-alive', '7', '--chdir', 'shop');
  assert.equal(sites.length, 1);
  const [site] = sites;
  assert.deepEqual(site?.content, { kind: 'app', app: 'site', scriptName: '', folders: [], servesDeclared: true });
  assert.deepEqual([site?.locations, site?.rewrite, site?.tls], [[], [], undefined]);
  assert.equal(connections[site?.connection ?? -1]?.keepAliveMs, 7000);
  assert.ok(scopes[site?.scope ?? -1]);
  assert.deepEqual(
    apps.map(({ id, target, chdir, envFile }) => [id, target, chdir, envFile]),
    [['site', 'shop.wsgi', '/srv/shop', '']],
  );
  assert.deepEqual(
    listeners.map(({ address, tls, fallback }) => [address, tls, fallback]),
    [[{ kind: 'tcp', host: '127.0.0.1', port: 8000 }, false, 0]],
  );
});

test('the PROXY protocol is spoken at each address, and taken from this machine unless others are named', () => {
  const { listeners, forwarding } = model('a:b', '--proxy-protocol', '--bind', ':80', '--bind', 'unix:/a');
  assert.deepEqual(
    listeners.map(({ hasProxyHeader }) => hasProxyHeader),
    [true, true],
  );
  assert.deepEqual(forwarding.proxyAllowIps, ['127.0.0.1', '::1']);
  const named = model('a:b', '--proxy-protocol', '--proxy-allow-ips', '10.0.0.0/8,192.0.2.1');
  assert.deepEqual(named.forwarding.proxyAllowIps, ['10.0.0.0/8', '192.0.2.1']);
  const without = model('a:b', '--proxy-allow-ips', '*');
  assert.deepEqual([without.listeners[0]?.hasProxyHeader, without.forwarding.proxyAllowIps], [undefined, undefined]);
});

test('a model is plain JSON: what another process gets is what was sent', () => {
  const sent = model('a:b', '--env', '__proto__=x', '--access-log', '-', '--header', 'X-A: b', '--reload');
  const got = JSON.parse(JSON.stringify(sent)) as ServerModel;
  assert.deepEqual(JSON.parse(JSON.stringify(got)), JSON.parse(JSON.stringify(sent)));
  assert.equal(Object.hasOwn(got.apps[0]?.env ?? {}, '__proto__'), true);
});

test('paths are absolute from the folder that the server was started in', () => {
  const { sites, apps, logs, process, certificates, development } = model(
    ...['--static', '/s=dir', '--x-accel', '/p=private', '--x-sendfile', 'files', '--access-log', 'a.log'],
    ...['--pid-file', 'p', '--log-file', '../l', '--certfile', 'c.pem', '--ca-certs', '/ca.pem', '--env-file', '.env'],
    ...['--reload', '--reload-dir', 'src'],
  );
  const [site] = sites;
  assert.ok(site?.content.kind === 'app');
  assert.deepEqual(
    site.content.folders.map(({ url, root, missing }) => [url, root, missing]),
    [['/s/', '/srv/dir', 'refuse']],
  );
  assert.deepEqual(apps[0]?.namedFolders, [
    { url: '/p/', root: '/srv/private' },
    { url: '', root: '/srv/files' },
  ]);
  assert.deepEqual([apps[0]?.chdir, apps[0]?.envFile], ['/srv', '/srv/.env']);
  assert.deepEqual(
    logs.map(({ sink }) => sink),
    [{ kind: 'file', path: '/srv/a.log' }],
  );
  assert.deepEqual([process.pidFile, process.logFile], ['/srv/p', '/l']);
  assert.deepEqual(
    [certificates[0]?.certFile, certificates[0]?.keyFile, site.tls?.caCerts],
    ['/srv/c.pem', '', '/ca.pem'],
  );
  assert.deepEqual(development, { folders: ['/srv/src'], includes: [], excludes: [] });
});

test('an access log has one target, which is standard output for a dash, and no log no target', () => {
  const written = model('--access-log', '-');
  assert.deepEqual(
    written.logs.map(({ sink }) => sink),
    [{ kind: 'file', path: '-' }],
  );
  assert.deepEqual(written.scopes[0]?.accessLogs, [
    { target: 0, format: { words: 'combined', text: '' }, when: undefined },
  ]);
  assert.deepEqual([model().logs, model().scopes[0]?.accessLogs], [[], []]);
});

test('TLS is spoken at the addresses of --bind, and not at those of --insecure-bind', () => {
  const { listeners } = model('--certfile', 'c', '-b', ':443', '-b', '[::]:443', '--insecure-bind', ':80');
  assert.deepEqual(
    listeners.map(({ address, tls, isIpv6Only }) => [address?.kind === 'tcp' && address.port, tls, isIpv6Only]),
    [
      [443, true, false],
      [443, true, true],
      [80, false, false],
    ],
    'and [::] leaves IPv4 to the other',
  );
});

test('[::] takes IPv4 as well where no other address has it', () => {
  const isAlone = (...binds: string[]) => model(...binds.flatMap((text) => ['-b', text])).listeners[0]?.isIpv6Only;
  assert.equal(isAlone('[::]:80'), false);
  assert.equal(isAlone('[::]:80', '0.0.0.0:81'), false);
  assert.equal(isAlone('[::]:80', '0.0.0.0:80'), true);
});

test('with sockets of a service manager and no address there is a listener for them', () => {
  const { request } = readServeRequest(['--certfile', 'c'], { env: {}, coreCount: 2 });
  assert.ok(request);
  const { listeners } = serveModel({ ...request, options: { ...request.options, binds: [] } }, '/');
  assert.deepEqual(
    listeners.map(({ address, tls }) => [address, tls]),
    [[undefined, true]],
  );
});

test('who signs the certificates of clients makes them required, unless something else is said', () => {
  const clients = (...args: string[]) => model('--certfile', 'c', ...args).sites[0]?.tls?.clients;
  assert.equal(clients(), 'none');
  assert.equal(clients('--ca-certs', 'ca'), 'required');
  assert.equal(clients('--ca-certs', 'ca', '--cert-reqs', 'optional'), 'optional');
  assert.equal(clients('--ca-certs', 'ca', '--cert-reqs', 'none'), 'none');
});

test('fields of every response are those of its scope', () => {
  assert.deepEqual(model('--header', 'X-A: b').scopes[0]?.fields?.fields, [
    { name: 'X-A', value: 'b', always: true, effect: 'add' },
  ]);
  assert.equal(model().scopes[0]?.fields, undefined, 'what is off is absent');
});
