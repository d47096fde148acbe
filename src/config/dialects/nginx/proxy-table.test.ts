import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { ProxyContent, ProxyPolicy } from '../../model/proxying.ts';
import type { ServerModel } from '../../model/server-model.ts';
import { fakeNginxModel } from './fake-nginx-model.ts';

function passed(model: ServerModel): readonly ProxyContent[] {
  const all = model.sites.flatMap(({ locations }) => locations.map(({ content }) => content));
  return all.map((content) => {
    ok(content.kind === 'proxy', content.kind);
    return content;
  });
}

/** What a location says of how it passes requests on; `around` is what the server says. */
function policyOf(inside: string, around = ''): ProxyPolicy {
  const model = fakeNginxModel(`server { ${around} location /p { ${inside} } }`);
  const policy = model.proxyPolicies[passed(model)[0]?.policy ?? -1];
  ok(policy !== undefined);
  return policy;
}

test('an upstream is found by its name in either case, and hosts that no block defines are upstreams of one server', () => {
  const model = fakeNginxModel(
    `upstream App { server a; server b:81 weight=3 backup; server unix:/run/a.sock down; }
     server { location /1 { proxy_pass http://app; } location /2 { proxy_pass https://APP/x; } location /3 { proxy_pass http://h; }
       location /4 { proxy_pass http://h:80; } location /5 { proxy_pass https://h; } location /6 { proxy_pass http://unix:/s:/x/; }
       location /7 { uwsgi_pass h:80; } location /8 { proxy_pass http://[::1]:8000; } location /9 { fastcgi_pass app; } }`,
  );
  deepEqual(
    model.upstreams.map(({ name, isImplicit, servers }) => [
      name,
      isImplicit,
      servers.map(({ host, port }) => [host, port]),
    ]),
    [
      [
        'App',
        false,
        [
          ['a', 80],
          ['b', 81],
          ['/run/a.sock', 0],
        ],
      ],
      ['h', true, [['h', 80]]],
      ['h', true, [['h', 443]]],
      ['unix:/s', true, [['/s', 0]]],
      ['[::1]:8000', true, [['::1', 8000]]],
    ],
  );
  deepEqual(
    passed(model).map(({ protocol, tls, to }) =>
      to.kind === 'upstream' ? [protocol, tls, to.upstream, to.host, to.uri] : undefined,
    ),
    [
      ['http', false, 0, 'app', undefined],
      ['http', true, 0, 'APP', '/x'],
      ['http', false, 1, 'h', undefined],
      ['http', false, 1, 'h', undefined],
      ['http', true, 2, 'h', undefined],
      ['http', false, 3, 'localhost', '/x/'],
      ['uwsgi', false, 1, 'h:80', undefined],
      ['http', false, 4, '[::1]:8000', undefined],
      ['fastcgi', false, 0, 'app', undefined],
    ],
  );
});

test('what has variables is a text; uwsgi says TLS in its scheme', () => {
  const model = fakeNginxModel(
    'resolver 127.0.0.1; server { location /a { proxy_pass https://$host/x; } location /b { uwsgi_pass suwsgi://$host; } }',
  );
  deepEqual(
    passed(model).map(({ tls, to }) => [tls, to]),
    [
      [true, { kind: 'text', text: ['https://', { variable: 'host' }, '/x'] }],
      [true, { kind: 'text', text: [{ variable: 'host' }] }],
    ],
  );
  equal(model.proxyPolicies[0]?.resolver, 0);
  deepEqual(model.resolvers, [{ servers: ['127.0.0.1:53'], asksIpv4: true, asksIpv6: true, timeoutMs: 30_000 }]);
});

test('what nobody says of passing on is as in nginx', () => {
  deepEqual(policyOf('proxy_pass http://a;'), {
    request: {
      httpVersion: '1.0',
      passesBody: true,
      passesFields: true,
      isBuffered: true,
      fields: [],
      parameters: [],
    },
    connection: {
      connectMs: 60_000,
      sendMs: 60_000,
      readMs: 60_000,
      bind: '',
      probes: false,
      ignoresClientAbort: false,
    },
    retry: { causes: ['error', 'timeout'], triesMax: 0, timeoutMs: 0 },
    response: {
      isBuffered: true,
      headBytesMax: 4096,
      bufferBytesMax: 32_768,
      fileBytesMax: 1_073_741_824,
      hides: [
        ...['date', 'server', 'x-pad', 'x-accel-expires', 'x-accel-redirect', 'x-accel-limit-rate'],
        ...['x-accel-buffering', 'x-accel-charset'],
      ],
      ignores: [],
      passesTrailers: false,
      interceptsErrors: false,
      forcesRanges: false,
      redirects: ['default'],
      cookieDomains: [],
      cookiePaths: [],
      cookieFlags: [],
    },
  });
});

test('fields that are set are those of the nearest block, and what is hidden and passed is each inherited by itself', () => {
  const around = 'proxy_set_header A a; proxy_set_header B b; proxy_hide_header X; proxy_pass_header Server;';
  deepEqual(
    policyOf('proxy_pass http://a;', around).request.fields.map(({ name }) => name),
    ['A', 'B'],
  );
  const inner = policyOf('proxy_pass http://a; proxy_set_header C $host; proxy_pass_header x;', around);
  deepEqual(inner.request.fields, [{ name: 'C', value: [{ variable: 'host' }] }]);
  equal(inner.response.hides.includes('x'), false);
  equal(inner.response.hides.includes('server'), true);
  equal(policyOf('proxy_pass http://a;', around).response.hides.includes('server'), false);
});

test('each protocol has directives of its own', () => {
  const uwsgi = policyOf('uwsgi_pass a:1; uwsgi_modifier1 5; uwsgi_param A b if_not_empty; uwsgi_read_timeout 5s;');
  deepEqual(uwsgi.request.uwsgi, { modifier1: 5, modifier2: 0 });
  deepEqual(uwsgi.request.parameters, [{ name: 'A', value: 'b', ifNotEmpty: true }]);
  equal(uwsgi.connection.readMs, 5000);
  deepEqual(uwsgi.response.redirects, []);
  const fastcgi = policyOf(
    'fastcgi_pass a:1; fastcgi_index i; fastcgi_split_path_info ^(a)(b)$; fastcgi_keep_conn on;',
  );
  deepEqual(fastcgi.request.fastcgi, {
    index: 'i',
    splitsPath: { text: '^(a)(b)$', isCaseless: false },
    keepsConnection: true,
    faults: [],
  });
  const memcached = policyOf('memcached_pass a:1; memcached_gzip_flag 2; memcached_next_upstream not_found;');
  deepEqual(
    [memcached.request.memcachedGzipFlag, memcached.retry.causes, memcached.response.isBuffered],
    [2, ['http_404'], false],
  );
  equal(memcached.request.passesBody, false);
});

test('rules for redirects are those of the nearest block; a location within another one has what that one does by itself', () => {
  deepEqual(policyOf('proxy_pass http://$host;').response.redirects, []);
  deepEqual(policyOf('proxy_pass http://a; proxy_redirect off;').response.redirects, []);
  deepEqual(policyOf('proxy_pass http://a;', 'proxy_redirect ~*^x y$1;').response.redirects, [
    { from: { pattern: { text: '^x', isCaseless: true } }, to: ['y', { capture: 1 }] },
  ]);
  const model = fakeNginxModel(
    'server { location /o/ { proxy_pass http://a/b; location /o/i { proxy_pass http://c; } } }',
  );
  const inner = model.sites[0]?.locations[0]?.locations[0]?.content;
  const policy = inner?.kind === 'proxy' ? model.proxyPolicies[inner.policy] : undefined;
  deepEqual(policy?.response.redirects, [{ from: { text: 'http://a/b' }, to: '/o/' }]);
});

test('equal policies are one', () => {
  const model = fakeNginxModel('server { location / { proxy_pass http://a; } } '.repeat(100));
  equal(model.proxyPolicies.length, 1);
  equal(model.upstreams.length, 1);
});

test('servers are asked whether they are well as a location says that passes requests on to them', () => {
  const { upstreams } = fakeNginxModel(`
    match fine { status 200 301-302; header Content-Type ~ html; header ! X-Ill; header Server; body !~ "no way"; }
    upstream app { server a; }
    upstream other { server b; }
    server { location / { proxy_pass http://APP; proxy_set_header Host app.test; proxy_read_timeout 3s;
      health_check interval=10s jitter=1s fails=2 passes=3 uri=/up port=81 match=fine mandatory persistent; } }`);
  deepEqual(upstreams[0]?.healthCheck, {
    uri: '/up',
    intervalMs: 10_000,
    jitterMs: 1000,
    timeoutMs: 3000,
    fails: 2,
    passes: 3,
    port: 81,
    host: 'app.test',
    isMandatory: true,
    match: {
      statuses: [
        [200, 200],
        [301, 302],
      ],
      statusesAreExcluded: false,
      fields: [
        { name: 'Content-Type', value: 'html', isRegex: true, isNegated: false },
        { name: 'X-Ill', isRegex: false, isNegated: true },
        { name: 'Server', isRegex: false, isNegated: false },
      ],
      body: { pattern: 'no way', isNegated: true },
    },
  });
  equal(upstreams[1]?.healthCheck, undefined);
});

test('a check that does not ask as the first location of its upstream does says as which', () => {
  const policyOfCheck = (said: string): number | undefined =>
    fakeNginxModel(`upstream app { server a; } server { location /first { proxy_pass http://app; }
      location /checked { proxy_pass http://app; health_check; ${said} } }`).upstreams[0]?.healthCheck?.policy;
  equal(policyOfCheck(''), undefined);
  equal(policyOfCheck('proxy_set_header X-Key secret;'), 0);
});
