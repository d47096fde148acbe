import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IN_NO_PYTHON } from '../supervisor/installation.ts';
import { NO_MANAGER } from '../supervisor/service-manager.ts';
import { readInvocation } from './invocation.ts';

test('readInvocation() gives back what the launcher has kept from Node', () => {
  const env = { A: '1', PORTICO_BIND: ':80', PORTICO_HELD_NODE_OPTIONS: '--x', NODE_COMPILE_CACHE: '/ours' };
  assert.deepEqual(readInvocation(['=serve', '=--env-file', '=', '=='], env), {
    args: ['serve', '--env-file', '', '='],
    env: { A: '1', PORTICO_BIND: ':80', NODE_OPTIONS: '--x' },
    manager: NO_MANAGER,
    installation: IN_NO_PYTHON,
  });
  const held = { NODE_COMPILE_CACHE: '/ours', PORTICO_HELD_NODE_COMPILE_CACHE: '/theirs' };
  assert.deepEqual(readInvocation(['=x'], held).env, { NODE_COMPILE_CACHE: '/theirs' });
});

test('readInvocation() takes everything as it stands when there was no launcher', () => {
  const env = { NODE_COMPILE_CACHE: '/theirs', PORTICO_HELD_NODE_PATH: '/x' };
  const nothing = { manager: NO_MANAGER, installation: IN_NO_PYTHON };
  assert.deepEqual(readInvocation(['serve', '=x'], env), { args: ['serve', '=x'], env, ...nothing });
  assert.deepEqual(readInvocation([], env), { args: [], env, ...nothing });
});

test('readInvocation() takes what a service manager has given from the launcher alone', () => {
  const manager = { ...NO_MANAGER, notifyFd: 5 };
  const env = { PORTICO_SERVICE_MANAGER: JSON.stringify(manager) };
  assert.deepEqual(readInvocation(['=serve'], env), {
    args: ['serve'],
    env: {},
    manager,
    installation: IN_NO_PYTHON,
  });
  assert.deepEqual(readInvocation(['serve'], env).manager, NO_MANAGER);
});

test('readInvocation() knows which Python Portico is installed for', () => {
  const read = (said: string) => readInvocation(['=serve'], { A: '1', PORTICO_INSTALLATION: said });
  assert.deepEqual(read('script:/a b/bin/python').installation, { python: '/a b/bin/python', isAsked: false });
  assert.deepEqual(read('module:/usr/bin/python3:x').installation, { python: '/usr/bin/python3:x', isAsked: true });
  assert.deepEqual(read('module:/venv/bin/python').env, { A: '1' });
  for (const said of ['', 'module:', 'other:/x']) {
    assert.deepEqual(read(said).installation, IN_NO_PYTHON);
  }
});

test('readInvocation() knows how the program was started, and is to be started once more', () => {
  const called = { A: '1', PORTICO_PROGRAM: '/opt/current/bin/portico', PORTICO_HELD_NODE_PATH: '/x' };
  const env = { A: '1', NODE_PATH: '/x' };
  assert.deepEqual(readInvocation(['=nginx', '=-t'], called).program, {
    file: '/opt/current/bin/portico',
    args: ['nginx', '-t'],
    env,
  });
  const asked = { ...called, PORTICO_INSTALLATION: 'module:/venv/bin/python' };
  assert.deepEqual(readInvocation(['=nginx'], asked).program, {
    file: '/venv/bin/python',
    args: ['-m', 'portico', 'nginx'],
    env,
  });
  const read = readInvocation(['=nginx'], called);
  delete read.env['A'];
  assert.deepEqual(read.program?.env, env, 'what is taken from the applications is there for the next program');
});

test('readInvocation() takes a predecessor from the process that has started this one, and from nobody else', () => {
  const handOver = { from: process.ppid, sockets: [], reportFd: 3, notifyFd: 4, watchdogUs: 5 };
  const read = (what: object) => readInvocation(['=nginx'], { PORTICO_PREDECESSOR: JSON.stringify(what) });
  const { predecessor, manager, env } = read(handOver);
  assert.deepEqual([predecessor?.handOver, env], [handOver, {}]);
  assert.deepEqual(manager, { ...NO_MANAGER, notifyFd: 4, watchdogUs: 5 });
  assert.deepEqual([read({ ...handOver, from: 1 }).predecessor, read({ ...handOver, from: 1 }).env], [undefined, {}]);
});
