import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { StartLog } from './start-log.ts';

function newTerminal(): { readonly shown: string[]; error: (text: string) => void } {
  const shown: string[] = [];
  return { shown, error: (text) => shown.push(text) };
}

test('what is grave is shown, and the log has it too, with what it was asked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'start-log-'));
  try {
    const path = join(folder, 'error.log');
    const terminal = newTerminal();
    const log = new StartLog({ path, least: 'notice' }, terminal, new FakeClock());
    log.say('emerg', 'unknown directive "a" in /etc/nginx/nginx.conf:3');
    log.say('warn', 'careful');
    log.say('notice', 'signal process started');
    log.say('info', 'unheard');
    log.tell('the configuration file is ok');
    log.close();
    assert.deepEqual(terminal.shown, [
      'nginx: [emerg] unknown directive "a" in /etc/nginx/nginx.conf:3\n',
      'nginx: [warn] careful\n',
      'nginx: the configuration file is ok\n',
    ]);
    assert.deepEqual(
      readFileSync(path, 'utf8')
        .match(/\[\w+\] \d+#\d+: .*/g)
        ?.map((line) => line.replace(/\d+#\d+/, '1#1')),
      [
        '[emerg] 1#1: unknown directive "a" in /etc/nginx/nginx.conf:3',
        '[warn] 1#1: careful',
        '[notice] 1#1: signal process started',
      ],
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a log that cannot be opened is told of once, and done without', () => {
  const terminal = newTerminal();
  const log = new StartLog({ path: '/nowhere/error.log', least: 'notice' }, terminal, new FakeClock());
  log.say('emerg', 'a');
  log.close();
  assert.deepEqual(terminal.shown, [
    'nginx: [alert] could not open error log file: open() "/nowhere/error.log" failed (2: No such file or directory)\n',
    'nginx: [emerg] a\n',
  ]);
});
