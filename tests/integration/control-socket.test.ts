// The control socket under those who misuse it: floods, garbage, readers that do not read, stopped and strange servers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { portico } from './commands.ts';
import { launch, makeFolder, PORTICO, serve } from './server.ts';
import { until } from './waiting.ts';

const APP = `
def application(environ, start):
    for number in range(int(environ['QUERY_STRING'] or 0)):
        print(number, 'x' * 200)
    start('200 OK', [])
    return [b'']
`;

function socketIn(folder: string): string {
  const [name = ''] = readdirSync(folder).filter((each) => each.endsWith('.sock'));
  return join(folder, name);
}

async function connect(path: string): Promise<Socket> {
  const socket = createConnection(path);
  socket.on('error', () => undefined);
  await once(socket, 'data');
  return socket;
}

test('a thousand connections cost the server nothing, and the next command is answered when they are over', async () => {
  await using server = await serve({ app: APP });
  const path = socketIn(server.folder);
  const open = new Set<Socket>();
  const all = Array.from({ length: 1000 }, () => {
    const socket = createConnection(path);
    open.add(socket);
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    return socket;
  });
  await until('most of them are closed', () => open.size <= 64);
  assert.equal((await server.ask('/')).status, 200);
  const busy = await portico(server.folder, ['status']);
  assert.equal(busy.code, 1);
  assert.match(busy.error, /it takes no more commands at a time/);
  for (const socket of all) socket.destroy();
  let last = await portico(server.folder, ['status']);
  for (let turn = 0; turn < 20 && last.code !== 0; turn += 1) last = await portico(server.folder, ['status']);
  assert.equal(last.code, 0, last.error);
});

test('what is no request is refused, and who says nothing is cut off', async () => {
  await using server = await serve({ app: APP });
  const path = socketIn(server.folder);
  const silent = await connect(path);
  const cut = once(silent, 'close');
  for (const text of ['x'.repeat(5000), '{}', '[1]', 'GET / HTTP/1.0', '{"kind":"status"}']) {
    const socket = await connect(path);
    socket.write(`${text}\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    assert.match(answer.toString(), /^\{"kind":"refused","error":"/);
    socket.destroy();
  }
  await cut;
  assert.equal((await portico(server.folder, ['status'])).code, 0);
});

test('a reader of the log that does not read loses lines, is told how many, and holds nobody up', async () => {
  await using server = await serve({ app: APP });
  const follower = await connect(socketIn(server.folder));
  follower.pause();
  follower.write(`${JSON.stringify({ kind: 'logs', protocol: 1, lines: 0, follows: true })}\n`);
  for (let turn = 0; turn < 5; turn += 1) assert.equal((await server.ask('/?10000')).status, 200);
  await server.logged(/9999 x/);
  let text = '';
  follower.setEncoding('utf8').on('data', (more: string) => (text += more));
  follower.resume();
  await until('what was kept is read', () => text.length > 100_000);
  for (let turn = 0; turn < 50 && !text.includes('"lost"'); turn += 1) await server.ask('/?1');
  assert.match(text, /\{"kind":"lost","lines":\d{4,}\}/);
  assert.ok(text.length < 4_000_000, `${text.length}`);
  follower.destroy();
});

test('logs -f shows what comes, and ends with the server', async () => {
  await using server = await serve({ app: APP });
  const following = portico(server.folder, ['logs', '-f', '-n', '1']);
  for (let turn = 0; turn < 3; turn += 1) await server.ask('/?1');
  await portico(server.folder, ['stop']);
  const { code, out } = await following;
  assert.equal(code, 0);
  assert.match(out, /stopped \(exit code 0\)\n$/);
});

test('logs -f ends when nobody reads it any more', async () => {
  await using server = await serve({ app: APP });
  const shell = `"${PORTICO}" logs -f -n 1 --socket "${socketIn(server.folder)}" | head -n 2`;
  const child = spawn('sh', ['-c', shell], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.resume();
  const ended = once(child, 'close');
  let isOver = false;
  void ended.then(() => (isOver = true));
  for (let turn = 0; turn < 200 && !isOver; turn += 1) await server.ask('/?1');
  await ended;
});

test('a server that is stopped by SIGSTOP is told as such', async () => {
  await using server = await serve({ app: APP });
  server.signal('SIGSTOP');
  const { code, error } = await portico(server.folder, ['status']);
  server.signal('SIGCONT');
  assert.equal(code, 1);
  assert.match(error, /the server has not answered within 5 s: it is stopped, or starved/);
});

test('a server of another release is told as such, and one of another program', async () => {
  const path = join(makeFolder(), 'socket');
  let hello = `${JSON.stringify({ kind: 'hello', protocol: 9, version: '7.0', pid: 1, title: 'portico' })}\n`;
  const other = createServer((socket) => socket.on('error', () => undefined).write(hello));
  await new Promise<void>((resolve) => other.listen(path, resolve));
  try {
    const newer = await portico('', ['status', '--socket', path]);
    assert.equal(newer.code, 1);
    assert.match(newer.error, /the server \(process 1\) is Portico 7\.0, this command Portico .* do not understand/);
    hello = 'SSH-2.0-x\r\n';
    assert.match((await portico('', ['status', '--socket', path])).error, /is no server of Portico/);
  } finally {
    other.close();
  }
});

test('--control-socket takes a path, which nothing else may be at, in a folder that strangers cannot change', async () => {
  const folder = makeFolder();
  const path = join(folder, 'control');
  await using server = await serve({ app: APP, args: ['--control-socket', path] });
  assert.equal(lstatSync(path).mode & 0o777, 0o600);
  assert.equal((await portico(path, ['status'])).code, 0);
  await using second = launch({ app: APP, args: ['--control-socket', path] });
  assert.equal(await second.exit, 1);
  assert.match(second.log, /--control-socket: .*control is the control socket of another server/);
  server.signal('SIGKILL');
  await server.exit;
  await using third = await serve({ app: APP, args: ['--control-socket', path] });
  assert.match((await portico(path, ['status'])).out, new RegExp(`process ${third.pid},`));
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  await using exposed = launch({ app: APP, args: ['--control-socket', join(shared, 'control')] });
  assert.equal(await exposed.exit, 1);
  assert.match(exposed.log, /others may change what is in/);
});

test('a link that somebody has laid where the socket is to be is not followed', async () => {
  const folder = makeFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'kept');
  const path = join(folder, 'control');
  symlinkSync(victim, path);
  await using refused = launch({ app: APP, args: ['--control-socket', path] });
  assert.equal(await refused.exit, 1);
  assert.match(refused.log, /exists and is not a socket/);
  assert.equal(lstatSync(victim).size, 4);
});

test('off makes no socket', async () => {
  await using server = await serve({ app: APP, args: ['--control-socket', 'off'] });
  assert.equal(existsSync(join(server.folder, `${server.pid}.sock`)), false);
  assert.equal((await portico(server.folder, ['status'])).code, 3);
});
