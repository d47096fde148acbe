import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../../kernel/clock.ts';
import { Log } from './log.ts';
import { ServerLogs } from './server-logs.ts';

const SETTINGS = { logFile: '', logFormat: 'text', logLevel: 'info', errorLogs: [] } as const;
const MARK = { mark: 'm', self: { pid: 1, name: 'portico' }, takesObjects: false };

async function written(path: string, word: string): Promise<void> {
  while (!existsSync(path) || !readFileSync(path, 'utf8').includes(word)) await delay(1);
}

test('each error log has its level, and all are opened again after rotation', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'server-logs-'));
  try {
    const [errors, notices] = [join(folder, 'errors'), join(folder, 'notices')];
    const rule = (path: string, level: 'error' | 'notice') => ({ sink: { kind: 'file', path }, level }) as const;
    const errorLogs = [rule(errors, 'error'), rule(notices, 'notice')];
    const logs = ServerLogs.open({ ...SETTINGS, errorLogs }, undefined, systemClock);
    const log = new Log(logs.outlets, systemClock, MARK);
    renameSync(notices, `${notices}.1`);
    logs.reopen();
    log.say('notice', 'one');
    await written(notices, 'one');
    log.say('emerg', 'two');
    await logs.finish(systemClock);
    assert.match(readFileSync(errors, 'utf8'), /^\S+ \S+ \[emerg\] 1#1: two\n$/);
    assert.match(readFileSync(notices, 'utf8'), /one\n.*two\n$/);
    assert.equal(readFileSync(`${notices}.1`, 'utf8'), '');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
