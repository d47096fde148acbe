// What the start and a reload say: a short block for whoever sits at a terminal, lines of the log for everything else.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launch, serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os, threading
if os.environ.get('TICKS'):
    threading.Thread(target=threading.Event().wait, daemon=True, name='ticker').start()

def application(environ, start):
    start('200 OK', [])
    return [b'']
`;
/** Python's way to be a terminal for another program. */
const TERMINAL = ['python3', '-c', 'import pty, sys; pty.spawn(sys.argv[1:])'];
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d{4} \[\d+\] (?:INFO|WARNING) portico: (.+)$/;

for (const [term, colours] of [
  ['xterm', true],
  ['dumb', false],
] as const) {
  test(`on a terminal: a block, ${colours ? 'with' : 'without'} colours`, async () => {
    await using server = launch({ app: APP, under: TERMINAL, env: { TERM: term, NO_COLOR: '' } });
    const [, pid] = await server.logged(/workers +1 .*; pid (\d+)\r?\n/);
    process.kill(Number(pid), 'SIGTERM');
    await server.exit;
    assert.equal(server.log.includes('\x1b[1m'), colours);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    const lines = server.log.replaceAll(/\x1b\[\d+m|\r/g, '').split('\n');
    const block = lines.slice(0, lines.findIndex((line) => / pid \d+$/.test(line)) + 1);
    assert.equal(block.length, 5, server.log);
    assert.match(block[0] ?? '', /^Portico \S+ is ready \(\d+\.\d\d s\)$/);
    assert.match(block[1] ?? '', /^ {2}listening {2}http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal(block[2], '  app        app:application (WSGI)');
    assert.match(block[3] ?? '', /^ {2}python {5}3\.\d+\.\d+ \(\S/);
  });
}

test('elsewhere: lines of the log, each of which can be found alone; reasons in half a line, with the page that explains', async () => {
  await using server = await serve({ app: APP, env: { TICKS: '1' } });
  const texts = server.log
    .trimEnd()
    .split('\n')
    .map((line) => LINE.exec(line)?.[1] ?? assert.fail(line));
  assert.match(texts[0] ?? '', /^Portico \S+ is ready \(/);
  assert.match(texts[1] ?? '', /^listening: http:\/\/127\.0\.0\.1:\d+$/);
  const workers = texts.find((text) => text.startsWith('workers: '));
  assert.match(
    workers ?? '',
    /^workers: 1 \(each loads the application: .*ticker.*; docs\/guide\/workers\.md#loaded-once-or-in-each-worker\); pid \d+$/,
  );
});

test('a log file has the start, and the reason why there is none, also as JSON', async () => {
  const args = ['--log-file', 'log', '--log-format', 'json'];
  await using server = await serve({ app: APP, args });
  const read = (folder: string): { level: string; message: string; traceback?: string }[] =>
    readFileSync(join(folder, 'log'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as never);
  await until('the file has it', () => readFileSync(join(server.folder, 'log'), 'utf8').endsWith('}\n'));
  assert.match(read(server.folder)[0]?.message ?? '', /^Portico \S+ is ready/);
  await using broken = launch({ app: 'x = = 1\n', args });
  assert.equal(await broken.exit, 3);
  const [told] = read(broken.folder);
  assert.equal(told?.level, 'error');
  assert.match(told?.message ?? '', /^the server cannot start: SyntaxError: .*\/app\.py, line 1\)$/);
  assert.match(told?.traceback ?? '', /^ {2}File ".*\/app\.py", line 1\n/);
  for (const line of broken.log.trimEnd().split('\n')) JSON.parse(line);
});

test('a reload says who serves now', async () => {
  await using server = await serve({ app: APP });
  server.signal('SIGHUP');
  const [, pid] = await server.logged(
    /INFO portico: reloaded: .*: w1 \(pid (\d+)\) \(generation 2, after \d+\.\d\d s\)\n/,
  );
  assert.ok(server.workerPids.includes(Number(pid)));
});
