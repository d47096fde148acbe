import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { UserIdCookie } from './user-id.ts';
import {
  hasMark,
  numberAfter,
  readUserId,
  renderUserId,
  renderUserIdCookie,
  serviceOf,
  UserIdSource,
  writeUserId,
} from './user-id.ts';

/** A cookie that Debian's nginx has set, and what its log calls it. */
const COOKIE = 'AAAAB2sNo7xfaXweAwMEAgZ=';
const LOGGED = 'uid=07000000BCA30D6B1E7C695F02040303';

test('a cookie of nginx is read, written and logged as nginx does', () => {
  const id = readUserId(COOKIE);
  equal(id && renderUserId('uid', id), LOGGED);
  equal(id && writeUserId(id, 'Z'), COOKIE);
  equal(id && writeUserId(id, ''), COOKIE.replace('Z', '='));
});

test('readUserId() refuses what is no identification', () => {
  for (const cookie of ['', 'short', 'A'.repeat(21), `-${'A'.repeat(23)}`, `${'A'.repeat(21)}=`, 'A'.repeat(22)])
    equal(readUserId(cookie), undefined, cookie);
  equal(readUserId(`${'B'.repeat(22)}garbage`)?.length, 16);
});

test('hasMark() looks behind the digits', () => {
  equal(hasMark(COOKIE, 'Z'), true);
  equal(hasMark(COOKIE, 'Y'), false);
  equal(hasMark(COOKIE, ''), true);
  equal(hasMark(COOKIE.slice(0, 22), 'Z'), false);
});

test('UserIdSource numbers its identifications', () => {
  const nowMs = 0x6b0da3bc * 1000;
  const v2 = new UserIdSource(0x5f697c1e);
  equal(v2.next('v2', 7, nowMs).toString('hex'), '000000076b0da3bc5f697c1e03030302');
  equal(v2.next('v2', 7, nowMs).toString('hex'), '000000076b0da3bc5f697c1e03030402');
  const v1 = new UserIdSource(0x5f697c1e);
  equal(renderUserId('uid', v1.next('v1', 0, nowMs)), 'uid=000000006B0DA3BC5F697C1E00000001');
  equal(renderUserId('uid', v1.next('v1', 0, nowMs)), 'uid=000000006B0DA3BC5F697C1E00000101');
});

test('numberAfter() begins again at the end', () => {
  equal(numberAfter(0xffff_fe02), 0xffff_ff02);
  equal(numberAfter(0xffff_ff02), 0x0303_0302);
});

test('serviceOf() is what the address ends with', () => {
  deepEqual(['127.0.0.1', '2001:db8::a:b', '', 'unix:'].map(serviceOf), [0x7f00_0001, 0x000a_000b, 0, 0]);
});

test('renderUserIdCookie() has the parts in order', () => {
  const cookie: UserIdCookie = { name: 'uid', domain: '', path: '/', expires: undefined, flags: [] };
  equal(renderUserIdCookie(cookie, 'v', 0), 'uid=v; path=/');
  deepEqual(
    renderUserIdCookie({ ...cookie, domain: 'example.com', expires: 'max', flags: ['secure', 'samesite=lax'] }, 'v', 0),
    'uid=v; expires=Thu, 31-Dec-37 23:55:55 GMT; domain=example.com; path=/; secure; samesite=lax',
  );
  equal(
    renderUserIdCookie({ ...cookie, expires: 86_400 }, 'v', 0),
    'uid=v; expires=Fri, 02-Jan-70 00:00:00 GMT; path=/',
  );
  equal(
    renderUserIdCookie({ ...cookie, expires: 86_400 * 366 * 70 }, 'v', 0),
    'uid=v; expires=Thu, 23-Feb-2040 00:00:00 GMT; path=/',
  );
});
