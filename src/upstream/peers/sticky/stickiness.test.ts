import { equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { Sticky } from '../../../config/model/upstream.ts';
import type { PeerRequest } from '../../peer-choice.ts';
import { chosen, fakeGroup, fakeRequest, fakeServer, QUICK } from '../fake-upstream.ts';
import { newSessionMemory } from './session-table.ts';

const COOKIE: Sticky = { kind: 'cookie', name: 'srv', expires: undefined, domain: '', path: '', flags: [] };
const ROUTE: Sticky = { kind: 'route', variables: ['route_cookie', 'route_uri'] };
const LEARN: Sticky = {
  ...{ kind: 'learn', create: ['upstream_cookie_s'], lookup: ['cookie_s'] },
  ...{ zone: 'sessions', bytes: 65_536, timeoutMs: 10_000, atHeader: false },
};
/** MD5 of `127.0.0.1:8002`: what nginx's cookies have. */
const SECOND = '5e2e6fa314d5f2c26c168ceaedd82237';

function asking(variables: Readonly<Record<string, string>>): PeerRequest {
  return fakeRequest({ variable: (name) => variables[name] });
}

test('sticky cookie: a client that shows the cookie has its server again', () => {
  const { group } = fakeGroup([fakeServer('127.0.0.1:8001'), fakeServer('127.0.0.1:8002')], { sticky: COOKIE });
  const choice = group.choose(fakeRequest());
  equal(choice.setCookie, undefined);
  const peer = choice.next();
  const cookie = choice.setCookie ?? '';
  match(cookie, /^srv=[0-9a-f]{32}$/);
  choice.release('succeeded', 200, QUICK);
  const name = typeof peer === 'object' ? peer.name : '';
  const request = asking({ cookie_srv: cookie.slice('srv='.length) });
  equal(chosen(group, 4, request), Array.from({ length: 4 }, () => name).join(' '));
  equal(new Set(chosen(group, 4, asking({ cookie_srv: 'unknown' })).split(' ')).size, 2);
});

test('the id of a server is the MD5 of its address', () => {
  const { group } = fakeGroup([fakeServer('127.0.0.1:8002')], { sticky: COOKIE });
  equal(group.peers[0]?.serverId, SECOND);
});

test('sticky cookie says what is configured of it, in the order of nginx', () => {
  const sticky: Sticky = {
    ...COOKIE,
    ...{
      expires: 3600,
      domain: ['.', { variable: 'host' }],
      path: '/app',
      flags: ['httponly', 'secure'],
      sameSite: [{ variable: 'arg_site' }],
    },
  };
  const { group } = fakeGroup([fakeServer('a', { route: 'one' })], { sticky });
  const choice = group.choose(asking({ host: 'example.com; evil=1\r\n', arg_site: 'lax' }));
  choice.next();
  equal(
    choice.setCookie,
    'srv=one; expires=Wed, 01-Jan-25 01:00:00 GMT; max-age=3600; domain=.example.comevil=1; httponly; secure; samesite=lax; path=/app',
  );
  const strange = group.choose(asking({ host: 'a', arg_site: 'none; secure' }));
  strange.next();
  equal(strange.setCookie?.includes('; samesite=strict; '), true);
  const forever = fakeGroup([fakeServer('a', { route: 'one' })], { sticky: { ...COOKIE, expires: 'max' } }).group;
  const other = forever.choose(fakeRequest());
  other.next();
  equal(other.setCookie, 'srv=one; expires=Thu, 31-Dec-37 23:55:55 GMT; max-age=315360000');
});

test('sticky route: the first variable that has a value names the server', () => {
  const servers = [fakeServer('a', { route: 'r1' }), fakeServer('b', { route: 'r2' })];
  const { group } = fakeGroup(servers, { sticky: ROUTE });
  equal(chosen(group, 2, asking({ route_uri: 'r2' })), 'b b');
  equal(chosen(group, 2, asking({ route_cookie: 'r1', route_uri: 'r2' })), 'a a');
});

test('a server that cannot be taken is left for another', () => {
  const servers = [
    fakeServer('a', { route: 'r1' }),
    fakeServer('b', { route: 'r2' }),
    fakeServer('c', { isBackup: true, route: 'r3' }),
  ];
  for (const balancing of [{ kind: 'round-robin' }, { kind: 'least-conn' }, { kind: 'ip-hash' }] as const) {
    const { group } = fakeGroup(servers, { sticky: ROUTE, balancing });
    const request = asking({ route_uri: 'r2' });
    const choice = group.choose(request);
    choice.next();
    choice.release('failed', 0, QUICK);
    equal(chosen(group, 2, request), 'a a');
  }
});

test('a server and a spare one may have one route: the one that can be taken is', () => {
  const servers = [
    fakeServer('a', { route: 'r1' }),
    fakeServer('b', { isBackup: true, route: 'r0' }),
    fakeServer('c', { isBackup: true, route: 'r1' }),
  ];
  const { group } = fakeGroup(servers, { sticky: ROUTE });
  const request = asking({ route_uri: 'r1' });
  equal(chosen(group, 2, request), 'a a');
  const choice = group.choose(request);
  choice.next();
  choice.release('failed', 0, QUICK);
  equal(chosen(group, 3, request), 'c c c');
});

test('peers take turns also beside clients that have their own', () => {
  const servers = [fakeServer('a', { route: 'r1' }), fakeServer('b', { route: 'r2' })];
  const { group } = fakeGroup(servers, { sticky: ROUTE });
  chosen(group, 20, asking({ route_uri: 'r1' }));
  equal(chosen(group, 4), 'b a b a');
});

test('sticky learn: a session that a server has made leads to it, in all threads, until it was not seen for too long', () => {
  const sessions = newSessionMemory(LEARN.bytes);
  const servers = [fakeServer('a'), fakeServer('b')];
  const one = fakeGroup(servers, { sticky: LEARN }, { sessions });
  const other = fakeGroup(servers, { sticky: LEARN }, { ...one, sessions });
  chosen(one.group, 1);
  equal(chosen(one.group, 1, asking({ upstream_cookie_s: 'S1' })), 'b');
  const again = asking({ cookie_s: 'S1' });
  equal(chosen(other.group, 3, again), 'b b b');
  one.clock.advance(9999);
  equal(chosen(one.group, 1, again), 'b');
  one.clock.advance(9999);
  equal(chosen(one.group, 1, again), 'b', 'each request renews it');
  one.clock.advance(10_000);
  equal(chosen(one.group, 2, again).includes('a'), true);
});

test('sticky learn at the header learns when the head has come, and never from a server that fails', () => {
  const sessions = newSessionMemory(LEARN.bytes);
  const servers = [fakeServer('a', { failsMax: 0 }), fakeServer('b')];
  const { group } = fakeGroup(servers, { sticky: { ...LEARN, atHeader: true } }, { sessions });
  const made = asking({ upstream_cookie_s: 'S1' });
  const failing = group.choose(made);
  failing.next();
  failing.release('failed', 0, QUICK);
  const choice = group.choose(made);
  const peer = choice.next();
  choice.onHead(1);
  const name = typeof peer === 'object' ? peer.name : '';
  equal(chosen(group, 3, asking({ cookie_s: 'S1' })), `${name} ${name} ${name}`);
  choice.release('succeeded', 200, QUICK);
});

test('a million sessions have no more room than there is', () => {
  const sessions = newSessionMemory(4096);
  const { group } = fakeGroup([fakeServer('a')], { sticky: { ...LEARN, bytes: 4096 } }, { sessions });
  for (let count = 0; count < 2000; count += 1) {
    chosen(group, 1, asking({ upstream_cookie_s: `S${count}` }));
  }
  equal(chosen(group, 1, asking({ cookie_s: 'S1999' })), 'a');
});
