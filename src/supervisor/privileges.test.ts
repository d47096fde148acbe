import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOurselves, asUser, findAccount, hasGroup, hasUser, resolveIdentity } from './privileges.ts';

const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };

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

test('users and groups of the system are known by name alone', () => {
  assert.deepEqual([hasUser('root'), hasGroup('root')], [true, true]);
  assert.deepEqual(
    [hasUser('0'), hasGroup('0'), hasUser('no-such-user'), hasGroup('no-such-group')],
    Array(4).fill(false),
  );
});

test("the groups of a user are the user's alone, though root has looked them up", options, () => {
  const before = process.getgroups?.();
  const nobody = resolveIdentity('nobody', '');
  assert.ok(nobody.ok && nobody.value !== undefined);
  assert.ok(!nobody.value.groups.includes(0));
  assert.ok(nobody.value.groups.includes(nobody.value.gid));
  assert.deepEqual(process.getgroups?.(), before);
});

const present = () => [process.geteuid?.(), process.getegid?.(), process.getgroups?.()];

test(
  "asUser() acts with the user's rights, asOurselves() within it with root's, and both leave all as it was",
  options,
  () => {
    const before = present();
    const identity = { uid: 65_534, gid: 65_533, groups: [65_533, 7], userName: '', home: '' };
    asUser(identity, () => {
      assert.deepEqual([process.geteuid?.(), process.getegid?.()], [65_534, 65_533]);
      assert.throws(() => process.setgroups?.([0]));
      asOurselves(() => assert.deepEqual([process.geteuid?.(), process.getegid?.()], [0, 0]));
      assert.deepEqual([process.geteuid?.(), process.getegid?.()], [65_534, 65_533]);
    });
    assert.deepEqual(present(), before);
    assert.throws(() =>
      asUser(identity, () => {
        throw new Error('x');
      }),
    );
    assert.deepEqual(present(), before);
  },
);
