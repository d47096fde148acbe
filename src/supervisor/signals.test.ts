import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Manner, Triggers } from '../config/model/server-model.ts';
import type { SignalCommand } from './signals.ts';
import { listenForSignals } from './signals.ts';

function commandsOf(manner: Manner, triggers?: Triggers): Record<string, SignalCommand> {
  const heard: Record<string, SignalCommand> = {};
  const before = new Map(
    ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGTTIN'].map((name) => [
      name,
      process.listeners(name as NodeJS.Signals),
    ]),
  );
  listenForSignals({ manner, ...(triggers === undefined ? {} : { triggers }) }, (command, signal) => {
    heard[signal] = command;
  });
  for (const [name, known] of before) {
    for (const listener of process.listeners(name as NodeJS.Signals).filter((one) => !known.includes(one))) {
      listener(name as NodeJS.Signals);
      process.removeListener(name, listener);
    }
  }
  for (const name of ['SIGTTOU', 'SIGWINCH', 'SIGTSTP']) {
    process.removeAllListeners(name);
  }
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

test("gunicorn's INT does not wait, and its TERM waits as often as it comes", () => {
  const theirs = commandsOf('gunicorn');
  assert.deepEqual(
    [theirs['SIGINT'], theirs['SIGQUIT'], theirs['SIGTERM'], theirs['SIGUSR2']],
    ['stop-quickly', 'stop-quickly', 'stop-patiently', 'upgrade'],
  );
});

test("uWSGI's TERM loads the application again at once, and with die-on-term QUIT does", () => {
  const [plain, dying] = [commandsOf('uwsgi'), commandsOf('uwsgi', { termStops: true })];
  assert.deepEqual([plain['SIGTERM'], plain['SIGQUIT']], ['reload-brutally', 'stop-quickly']);
  assert.deepEqual([dying['SIGTERM'], dying['SIGQUIT']], ['stop-quickly', 'reload-brutally']);
  assert.deepEqual([plain['SIGUSR1'], plain['SIGUSR2']], ['tell-workers', undefined]);
});
