import assert from 'node:assert/strict';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { LogFiles } from '../access-log/log-files.ts';
import { ErrorLogs } from './error-log.ts';

const SUBJECT = {
  connection: 3,
  client: '192.0.2.1',
  server: 'shop',
  request: 'GET /a HTTP/1.1',
  host: 'shop.example',
  referrer: '',
  upstream: '',
};

function withLogs(act: (folder: string, logs: ErrorLogs, told: string[], files: LogFiles) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'error-log-'));
  const told: string[] = [];
  try {
    const files = new LogFiles('machine', (text) => told.push(text));
    act(folder, new ErrorLogs({ pid: 17, tid: 17 }, new FakeClock(), files.lease()), told, files);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const file = (path: string, level: ErrorLevel) => ({ sink: { kind: 'file', path }, level }) as const;

test('a line names the request, and is in the file when say() returns', () => {
  withLogs((folder, logs) => {
    const path = join(folder, 'a.log');
    logs.open([file(path, 'error')]).say('error', 'limiting requests', { ...SUBJECT, referrer: 'http://x/' });
    assert.match(
      readFileSync(path, 'latin1'),
      /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[error\] 17#17: \*3 limiting requests, client: 192\.0\.2\.1, server: shop, request: "GET \/a HTTP\/1\.1", host: "shop\.example", referrer: "http:\/\/x\/"\n$/,
    );
  });
});

test('what a client has sent ends neither line nor quotation marks', () => {
  withLogs((folder, logs) => {
    const path = join(folder, 'a.log');
    const forged = 'GET /" , host: "evil\r\n2026 [emerg] HTTP/1.1';
    logs.open([file(path, 'info')]).say('info', 'refused', { ...SUBJECT, request: forged, host: 'a"b\xff' });
    const text = readFileSync(path, 'latin1');
    assert.equal(text.split('\n').length, 2);
    assert.ok(text.includes(String.raw`request: "GET /\x22 , host: \x22evil\x0D\x0A2026 [emerg] HTTP/1.1"`), text);
    assert.ok(text.includes(String.raw`, host: "a\x22b\xFF"`), text);
  });
});

test('each log has the lines of its level and graver ones, and a file that is named twice has them twice', () => {
  withLogs((folder, logs) => {
    const [low, high] = [join(folder, 'low.log'), join(folder, 'high.log')];
    const log = logs.open([file(low, 'warn'), file(low, 'error'), file(high, 'emerg')]);
    log.say('error', 'a', SUBJECT);
    log.say('warn', 'b', SUBJECT);
    log.say('notice', 'c', SUBJECT);
    assert.deepEqual(readFileSync(low, 'latin1').match(/: \*3 \w/g), [': *3 a', ': *3 a', ': *3 b']);
    assert.equal(readFileSync(high, 'latin1'), '');
    assert.equal(log.hears('notice'), false);
    assert.equal(log.hears('warn'), true);
  });
});

test('a client of a Unix socket has no address, and a debug line says nothing of the request', () => {
  withLogs((folder, logs) => {
    const path = join(folder, 'a.log');
    const log = logs.open([file(path, 'debug')]);
    log.say('error', 'x', { ...SUBJECT, client: '', host: '', request: '' });
    log.say('debug', 'y', SUBJECT);
    const [first = '', second = ''] = readFileSync(path, 'latin1').split('\n');
    assert.match(first, /x, client: unix:, server: shop$/);
    assert.match(second, /\[debug\] 17#17: \*3 y$/);
  });
});

test('after rotation the new file has the lines', () => {
  withLogs((folder, logs, _, files) => {
    const path = join(folder, 'a.log');
    const log = logs.open([file(path, 'error')]);
    log.say('error', 'one', SUBJECT);
    renameSync(path, `${path}.1`);
    log.say('error', 'two', SUBJECT);
    files.reopen();
    log.say('error', 'three', SUBJECT);
    assert.match(readFileSync(`${path}.1`, 'latin1'), /one[^\n]*\n[^\n]*two/);
    assert.match(readFileSync(path, 'latin1'), /^[^\n]*three[^\n]*\n$/);
  });
});

test('/dev/null is written by nobody', () => {
  withLogs((_, logs, told) => {
    const log = logs.open([file('/dev/null', 'debug')]);
    assert.equal(log.hears('emerg'), false);
    assert.deepEqual(told, []);
  });
});

test("what goes to standard error goes to the server's, and stays there when logs are opened again", () => {
  withLogs((folder, _logs, _told, files) => {
    const path = join(folder, 'stderr');
    const fd = openSync(path, 'a');
    const logs = new ErrorLogs({ pid: 17, tid: 17 }, new FakeClock(), files.lease(), { stderr: fd });
    const log = logs.open([
      { sink: { kind: 'stderr' }, level: 'warn' },
      { sink: { kind: 'stderr' }, level: 'error' },
    ]);
    log.say('warn', 'one', SUBJECT);
    files.reopen();
    log.say('error', 'two', SUBJECT);
    closeSync(fd);
    assert.deepEqual(readFileSync(path, 'latin1').match(/\*3 \w+/g), ['*3 one', '*3 two', '*3 two']);
    assert.equal(existsSync('standard error'), false);
  });
});

test('errors of a place without a log go to whoever is told otherwise, without the time and number of a line; of one whose log is nowhere they do not', () => {
  withLogs((_folder, _logs, _told, files) => {
    const told: string[] = [];
    const otherwise = (text: string): unknown => told.push(text);
    const logs = new ErrorLogs({ pid: 17, tid: 17 }, new FakeClock(), files.lease(), { otherwise });
    const log = logs.open([]);
    assert.deepEqual([log.hears('error'), log.hears('warn')], [true, false]);
    log.say('error', 'connect() failed', { ...SUBJECT, upstream: 'http://a\n' });
    log.say('warn', 'upstream server temporarily disabled', SUBJECT);
    logs.open([file('/dev/null', 'error')]).say('error', 'connect() failed', SUBJECT);
    assert.deepEqual(told, [
      String.raw`connect() failed, client: 192.0.2.1, server: shop, request: "GET /a HTTP/1.1", upstream: "http://a\x0A", host: "shop.example"`,
    ]);
  });
});
