import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../draft.ts';
import { readText } from '../fake-files.ts';
import { accessOf } from './access-rules.ts';

/** Of the last location of a server. */
function access(server: string): ReturnType<typeof accessOf> {
  const { draft, diagnostics } = readText(`events {} http { server { ${server} } }`);
  assert.deepEqual(diagnostics, []);
  return accessOf(lastLocation(draft), '/etc/nginx/');
}

function lastLocation(draft: Draft): Draft {
  const last = draft.children.findLast(({ kind }) => ['http', 'server', 'location', 'location-if'].includes(kind));
  return last === undefined ? draft : lastLocation(last);
}

const RULES = { satisfies: 'all', addresses: [], delayMs: 0 } as const;

test('allow and deny keep their order, and one of them in a block takes the place of all around it', () => {
  const [allow, deny] = [
    { allows: true, from: '10.0.0.0/8' },
    { allows: false, from: 'all' },
  ];
  assert.deepEqual(access('allow 10.0.0.0/8; deny all; location / {}').access, { ...RULES, addresses: [allow, deny] });
  assert.deepEqual(access('allow 10.0.0.0/8; location / { deny all; }').access, { ...RULES, addresses: [deny] });
  assert.deepEqual(access('location / {}'), {});
});

test('auth_basic needs a file, whose name is relative to the configuration, and can be taken back', () => {
  const basic = { realm: 'here', userFile: '/etc/nginx/users' };
  assert.deepEqual(access('auth_basic here; auth_basic_user_file users; location / {}').access, { ...RULES, basic });
  assert.equal(access('auth_basic here; auth_basic_user_file users; location / { auth_basic off; }').access, undefined);
  assert.deepEqual(
    access('satisfy any; auth_delay 1s; auth_basic here; location / { auth_basic_user_file /u/$host; }').access,
    {
      satisfies: 'any',
      addresses: [],
      basic: { realm: 'here', userFile: ['/u/', { variable: 'host' }] },
      delayMs: 1000,
    },
  );
});

test('whether a name of a user file that begins with a variable is relative is known with the request', () => {
  assert.deepEqual(access('auth_basic here; auth_basic_user_file $host/users; location / {}').access?.basic, {
    realm: 'here',
    userFile: [{ variable: 'host' }, '/users'],
    userFolder: '/etc/nginx/',
  });
});

test('auth_request asks a location, and can be taken back', () => {
  assert.deepEqual(access('auth_request /auth; location / { auth_request_set $user $upstream_http_x_user; }').access, {
    ...RULES,
    request: { uri: '/auth', sets: [{ variable: 'user', value: [{ variable: 'upstream_http_x_user' }] }] },
  });
  assert.equal(access('auth_request /auth; location / { auth_request off; }').access, undefined);
});

test('limit_except has rules for the other methods, in the location and in what is said of it by "if"', () => {
  const exceptMethods = { methods: ['GET', 'POST'], access: { ...RULES, addresses: [{ allows: false, from: 'all' }] } };
  assert.deepEqual(access('location / { limit_except get POST { deny all; } }'), { exceptMethods });
  assert.deepEqual(access('location / { limit_except GET POST { deny all; } if ($host) {} }'), { exceptMethods });
});

test('trusted peers name their clients in a field', () => {
  assert.deepEqual(access('set_real_ip_from 10.0.0.0/8; set_real_ip_from unix:; location / {}').realIp, {
    from: ['10.0.0.0/8', 'unix:'],
    source: { kind: 'field', name: 'x-real-ip' },
    isRecursive: false,
  });
  const more = 'set_real_ip_from 10.0.0.1; real_ip_header X-Forwarded-For; real_ip_recursive on; location / {}';
  assert.deepEqual(access(more).realIp, {
    from: ['10.0.0.1'],
    source: { kind: 'field', name: 'x-forwarded-for' },
    isRecursive: true,
  });
  assert.deepEqual(access('set_real_ip_from 10.0.0.1; real_ip_header proxy_protocol; location / {}').realIp?.source, {
    kind: 'proxy-protocol',
  });
});

function told(server: string): string[] {
  return readText(`events {} http { server { ${server} } }`).diagnostics.map(({ message }) => message);
}

test('methods that are none and proxies that have no address are told', () => {
  assert.deepEqual(told('location / { limit_except GTE { deny all; } }'), ['invalid method "GTE"']);
  for (const wrong of ['10.0.0.0/33', '10.0.0.256', 'a/b', ':', 'a..b']) {
    assert.deepEqual(told(`set_real_ip_from ${wrong}; location / {}`), [
      `host not found in set_real_ip_from "${wrong}"`,
    ]);
  }
  assert.deepEqual(
    told('set_real_ip_from 10.0.0.0/8; set_real_ip_from unix:; set_real_ip_from proxy.example; location / {}'),
    [],
  );
});
