import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { describeMembers, membersOf, signalMembers } from './process-session.ts';

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
  signalMembers([...members, { pid: 2 ** 22 + 1, name: 'gone' }], 'SIGKILL');
  // A process that was killed has closed its files a moment before it is gone.
  while (membersOf(pid).length > 0) {
    await delay(5);
  }
});

test('describeMembers() names a few and counts the rest', () => {
  const members = Array.from({ length: 7 }, (_, index) => ({ pid: index + 1, name: 'x' }));
  assert.equal(describeMembers(members), 'x (pid 1), x (pid 2), x (pid 3), x (pid 4), x (pid 5) and 2 more');
});
