import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { describeMembers, killMember, membersOf, signalMembers } from './process-session.ts';

test('membersOf() finds who is left of a session, by whatever name, once its leader has ended', async () => {
  const leader = spawn('sh', ['-c', 'sleep 300 & sleep 300 & echo; read line'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const { pid = 0, stdin, stdout } = leader;
  await once(stdout, 'data');
  assert.deepEqual(membersOf(pid), [], 'while the leader lives its number says nothing');
  stdin.end('\n');
  await once(leader, 'exit');
  let members = membersOf(pid);
  while (members.some(({ name }) => name !== 'sleep')) {
    await delay(5);
    members = membersOf(pid);
  }
  assert.equal(members.length, 2);
  assert.equal(describeMembers(members), members.map((member) => `sleep (pid ${member.pid})`).join(', '));
  signalMembers([...members, { pid: 2 ** 22 + 1, name: 'gone' }], 'SIGKILL', undefined);
  // A process that was killed has closed its files a moment before it is gone.
  while (membersOf(pid).length > 0) {
    await delay(5);
  }
});

test('describeMembers() names a few and counts the rest', () => {
  const members = Array.from({ length: 7 }, (_, index) => ({ pid: index + 1, name: 'x' }));
  assert.equal(describeMembers(members), 'x (pid 1), x (pid 2), x (pid 3), x (pid 4), x (pid 5) and 2 more');
});

const NOBODY = { uid: 65_534, gid: 65_534, groups: [65_534], userName: 'nobody', home: '' };
const options = { skip: process.geteuid?.() === 0 ? false : 'needs root' };

/** Leads a session, in which another process of the same user is. */
async function session(user: { readonly uid?: number; readonly gid?: number } = {}) {
  const leader = spawn('sh', ['-c', 'sleep 300 & echo $!; wait'], {
    ...{ ...user, cwd: '/', detached: true },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [member] = (await once(leader.stdout, 'data')) as [Buffer];
  return { leader: leader.pid ?? 0, member: Number(String(member)), [Symbol.dispose]: () => leader.kill('SIGKILL') };
}

function runs(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

async function ended(pid: number): Promise<void> {
  while (runs(pid)) {
    await delay(5);
  }
}

test('killMember() kills no process of another session, whoever names it', async () => {
  using one = await session();
  using other = await session();
  killMember(one.leader, other.member, undefined);
  killMember(one.leader, one.member, undefined);
  await ended(one.member);
  assert.ok(runs(other.member));
  killMember(other.leader, other.member, undefined);
  await ended(other.member);
});

test("root signals for a user only that user's processes", options, async () => {
  using roots = await session();
  using users = await session(NOBODY);
  killMember(roots.leader, roots.member, NOBODY);
  signalMembers([{ pid: roots.member, name: 'sleep' }], 'SIGKILL', NOBODY);
  killMember(users.leader, users.member, NOBODY);
  await ended(users.member);
  assert.ok(runs(roots.member));
  signalMembers([{ pid: roots.member, name: 'sleep' }], 'SIGKILL', undefined);
  await ended(roots.member);
});
