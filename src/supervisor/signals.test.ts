import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignalCommand } from './signals.ts';
import { listenForSignals } from './signals.ts';

function commandsOf(manner: 'portico' | 'nginx'): Record<string, SignalCommand> {
  const heard: Record<string, SignalCommand> = {};
  const before = new Map(
    ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTTIN'].map((name) => [
      name,
      process.listeners(name as NodeJS.Signals),
    ]),
  );
  listenForSignals(manner, (command, signal) => {
    heard[signal] = command;
  });
  for (const [name, known] of before) {
    for (const listener of process.listeners(name as NodeJS.Signals).filter((one) => !known.includes(one))) {
      listener(name as NodeJS.Signals);
      process.removeListener(name, listener);
    }
  }
  process.removeAllListeners('SIGTTOU').removeAllListeners('SIGWINCH');
  return heard;
}

test("nginx's QUIT is patient and its TERM is not; ours are the other way round", () => {
  const [ours, theirs] = [commandsOf('portico'), commandsOf('nginx')];
  assert.deepEqual([ours['SIGTERM'], ours['SIGQUIT'], ours['SIGTTIN']], ['stop', 'stop-quickly', 'add-worker']);
  assert.deepEqual(theirs, {
    SIGTERM: 'stop-quickly',
    SIGINT: 'stop-quickly',
    SIGQUIT: 'stop-patiently',
    SIGHUP: 'reload',
    SIGUSR1: 'reopen-logs',
    SIGUSR2: 'upgrade',
  });
});
