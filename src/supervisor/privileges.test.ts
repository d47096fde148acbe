import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findAccount, resolveIdentity } from './privileges.ts';

test('findAccount() finds users by name and number, and takes numbers without name', () => {
  assert.deepEqual(findAccount('root'), { uid: 0, gid: 0, userName: 'root', home: '/root' });
  assert.equal(findAccount('0')?.userName, 'root');
  assert.deepEqual(findAccount('54321'), { uid: 54321, gid: 54321, userName: '', home: '' });
  assert.equal(findAccount('no-such-user'), undefined);
  assert.equal(findAccount('$(id)'), undefined);
});

test('resolveIdentity() changes nothing unless asked, and names who does not exist', () => {
  assert.deepEqual(resolveIdentity('', ''), { ok: true, value: undefined });
  const user = resolveIdentity('no-such-user', '');
  assert.match(user.ok ? '' : user.fault, /no user "no-such-user"/);
  const group = resolveIdentity('', 'no-such-group');
  assert.match(group.ok ? '' : group.fault, /no group "no-such-group"/);
  const self = resolveIdentity(String(process.geteuid?.()), String(process.getegid?.()));
  assert.deepEqual(self, { ok: true, value: undefined });
});
