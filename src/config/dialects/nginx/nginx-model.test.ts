import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from './fake-nginx-model.ts';

test('a server may be called as the machine is', () => {
  const { listeners, sites } = fakeNginxModel('server { server_name $hostname other; }');
  assert.deepEqual(
    [sites[0]?.name, listeners[0]?.names.map(({ name }) => name)],
    [
      'box',
      [
        { kind: 'exact', text: 'box' },
        { kind: 'exact', text: 'other' },
      ],
    ],
  );
});

test('what lies in an internal location is internal as well', () => {
  const { sites } = fakeNginxModel('server { location /a { internal; location ~ /b { } } location /c { } }');
  const [inner, other] = sites[0]?.locations ?? [];
  assert.deepEqual([inner?.isInternal, inner?.locations[0]?.isInternal, other?.isInternal], [true, true, false]);
});

test('servers of one address are one listener, whose first is for every other name unless one is said to be', () => {
  const { listeners, sites } = fakeNginxModel(
    'server { listen 8080; server_name a.example; } server { listen 8080 default_server; listen 8081; server_name .b.example ~^c; }',
  );
  assert.deepEqual(
    listeners.map(({ address, fallback, names }) => [address?.kind === 'tcp' && address.port, fallback, names]),
    [
      [
        8080,
        1,
        [
          { name: { kind: 'exact', text: 'a.example' }, site: 0 },
          { name: { kind: 'exact', text: 'b.example' }, site: 1 },
          { name: { kind: 'suffix', text: '.b.example' }, site: 1 },
          { name: { kind: 'regex', pattern: { text: '^c', isCaseless: true } }, site: 1 },
        ],
      ],
      [
        8081,
        1,
        [
          { name: { kind: 'exact', text: 'b.example' }, site: 1 },
          { name: { kind: 'suffix', text: '.b.example' }, site: 1 },
          { name: { kind: 'regex', pattern: { text: '^c', isCaseless: true } }, site: 1 },
        ],
      ],
    ],
  );
  assert.deepEqual(
    sites.map(({ name }) => name),
    ['a.example', 'b.example'],
  );
});

test('a server that says no address answers where its user may', () => {
  assert.deepEqual(
    fakeNginxModel('server { }').listeners.map(({ address }) => address),
    [{ kind: 'tcp', host: '0.0.0.0', port: 8000 }],
  );
});

test('locations have their rules, those inside them too, and equal rules are one', () => {
  const { sites, scopes } = fakeNginxModel(
    'server { root www; location / { empty_gif; location /a { return 204; } } location = /b { } location @c { server_tokens off; } }',
  );
  const [site] = sites;
  assert.deepEqual(
    site?.locations.map(({ match, content, locations, scope }) => [match, content, locations.length, scope]),
    [
      [{ kind: 'prefix', text: '/' }, { kind: 'empty-gif' }, 1, 0],
      [{ kind: 'exact', text: '/b' }, { kind: 'files' }, 0, 0],
      [{ kind: 'named', text: '@c' }, { kind: 'files' }, 0, 1],
    ],
  );
  assert.deepEqual(site?.locations[0]?.locations[0]?.rewrite, [{ kind: 'return', status: 204, body: undefined }]);
  assert.deepEqual(
    scopes.map(({ serverField, files }) => [serverField, files.path]),
    [
      ['nginx/1.22.1', '/srv/www'],
      ['nginx', '/srv/www'],
    ],
  );
});

test('a location that passes requests on to others shows no files, and one whose path ends with a slash is redirected to', () => {
  const { sites } = fakeNginxModel(
    'upstream u { server a; } server { root www; location /a/ { proxy_pass http://u; } location /b { uwsgi_pass u; } location ~ c { if ($arg_a) { fastcgi_pass u; } } location /d { redis_pass u; } }',
  );
  assert.deepEqual(
    sites[0]?.locations.map(({ content, redirectsToSlash }) => [content.kind, redirectsToSlash]),
    [
      ['proxy', true],
      ['proxy', true],
      ['files', false],
      ['reply', true],
    ],
  );
  const [rule] = sites[0]?.locations[2]?.rewrite ?? [];
  assert.equal(rule?.kind === 'if' && rule.content?.kind, 'proxy');
});

test('the block of an if has a scope of its own', () => {
  const { sites, scopes } = fakeNginxModel('server { location / { if ($arg_a) { set $b c; add_header X y; } } }');
  const [rule] = sites[0]?.locations[0]?.rewrite ?? [];
  assert.equal(rule?.kind, 'if');
  assert.deepEqual(rule.kind === 'if' && rule.inside, [{ kind: 'set', variable: 'b', value: 'c' }]);
  assert.equal(scopes[rule.kind === 'if' ? rule.scope : 0]?.fields?.fields[0]?.name, 'X');
});

test('a thousand sites with equal rules have one scope', () => {
  const { sites, scopes } = fakeNginxModel('server { location / { } location /a { } } '.repeat(1000));
  assert.equal(sites.length, 1000);
  assert.equal(scopes.length, 1);
});

test('a log that is named is made, if nothing is written there as well', () => {
  const { logs } = fakeNginxModel('access_log all; server { access_log own; location / { access_log off; } }');
  assert.deepEqual(
    logs.map(({ sink }) => sink.kind === 'file' && sink.path),
    ['/srv/own', '/srv/all'],
  );
});

test('threads, connections and the process are those of the file, and no field of a proxy is believed', () => {
  const { edge, process, forwarding } = fakeNginxModel(
    '',
    'worker_processes 2; daemon off; worker_shutdown_timeout 5s;',
  );
  assert.deepEqual(
    [edge.threads, edge.connectionsMax, edge.gracefulMs, process.isDaemon, forwarding],
    [2, 1024, 5000, false, { fields: 'none', allowIps: [] }],
  );
});
