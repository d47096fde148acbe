import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceNotifier } from './service-notifier.ts';

class Manager {
  readonly heard: string[] = [];
  readonly lost: string[] = [];
  readonly waits: (() => void)[] = [];
  fault = '';
  readonly notifier: ServiceNotifier = new ServiceNotifier({
    fd: 9,
    nowUs: () => 123n,
    later: (action) => this.waits.push(action),
    onLost: (fault) => this.lost.push(fault),
    write: (fd, text) => {
      if (this.fault !== '') {
        throw Object.assign(new Error(this.fault), { code: this.fault });
      }
      this.heard.push(`${fd} ${text}`);
    },
  });
}

test('ServiceNotifier says each state in the words of sd_notify, in one message', () => {
  const { notifier, heard } = new Manager();
  notifier.tell({ kind: 'starting', limitMs: 1.5 });
  notifier.tell({ kind: 'ready', status: `a\nSTOPPING=1 ${'x'.repeat(300)}` });
  notifier.tell({ kind: 'reloading', limitMs: 1 });
  notifier.tell({ kind: 'stopping', limitMs: 1 });
  notifier.tell({ kind: 'alive' });
  assert.deepEqual(heard, [
    '9 STATUS=starting\nEXTEND_TIMEOUT_USEC=2000\n',
    `9 READY=1\nSTATUS=a STOPPING=1 ${'x'.repeat(187)}\n`,
    '9 RELOADING=1\nMONOTONIC_USEC=123\nSTATUS=reloading\nEXTEND_TIMEOUT_USEC=1000\n',
    '9 STOPPING=1\nSTATUS=stopping: requests are finished\nEXTEND_TIMEOUT_USEC=1000\n',
    '9 WATCHDOG=1\n',
  ]);
});

test('ServiceNotifier keeps a bounded number of messages for a service manager that stands still', () => {
  const manager = new Manager();
  manager.fault = 'EAGAIN';
  manager.notifier.tell({ kind: 'reloading', limitMs: 1 });
  manager.notifier.tell({ kind: 'ready', status: 'a' });
  for (let beat = 0; beat < 100; beat += 1) {
    manager.notifier.tell({ kind: 'alive' });
  }
  assert.equal(manager.waits.length, 1);
  manager.fault = '';
  manager.waits[0]?.();
  assert.equal(manager.heard.length, 16);
  assert.match(manager.heard[1] ?? '', /READY=1/);
});

test('ServiceNotifier says once that nobody listens any more', () => {
  const manager = new Manager();
  manager.fault = 'ECONNREFUSED';
  manager.notifier.tell({ kind: 'alive' });
  manager.notifier.tell({ kind: 'alive' });
  assert.deepEqual([manager.lost, manager.heard, manager.waits], [['ECONNREFUSED'], [], []]);
});

test('ServiceNotifier names the process that is the service from now on', () => {
  const { notifier, heard } = new Manager();
  notifier.tell({ kind: 'replaced', pid: 77 });
  assert.deepEqual(heard, ['9 MAINPID=77\n']);
});
