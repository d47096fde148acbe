// `portico nginx`: what programs that were written for nginx read of its command line.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PORTICO } from './server.ts';

interface Said {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

const folder = mkdtempSync(join(tmpdir(), 'portico-nginx-'));
const GOOD = 'events {}\nhttp {}\n';

after(() => rmSync(folder, { recursive: true }));

async function nginx(...args: string[]): Promise<Said> {
  const child = spawn(PORTICO, ['nginx', ...args], { stdio: ['ignore', 'pipe', 'pipe'], cwd: folder });
  const said = { out: '', err: '' };
  for (const which of ['out', 'err'] as const) {
    child[`std${which}`].setEncoding('utf8').on('data', (text: string) => {
      said[which] += text;
    });
  }
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, ...said };
}

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test('version, build and help are on standard error, and succeed', async () => {
  const [short, build, help] = await Promise.all([nginx('-v'), nginx('-V'), nginx('-h')]);
  assert.match(short.err, /^nginx version: nginx\/[\d.]+ \(Portico [\d.]+\)\n$/);
  assert.match(
    build.err,
    /^nginx version: .*\nbuilt with OpenSSL [\d.]+ .*\nTLS SNI support enabled\nconfigure arguments: --prefix=/,
  );
  assert.match(help.err, /^nginx version: .*\nUsage: nginx \[-\?hvVtTq\]/);
  assert.deepEqual(
    [short, build, help].map(({ code, out }) => [code, out]),
    [
      [0, ''],
      [0, ''],
      [0, ''],
    ],
  );
});

test('a command line that is wrong is told in one line, with exit code 1', async () => {
  assert.deepEqual(await nginx('-s', 'hup'), { code: 1, out: '', err: 'nginx: invalid option: "-s hup"\n' });
});

test('a file that is good is said to be, unless it is to be quiet', async () => {
  const path = write('good.conf', GOOD);
  const err = `nginx: the configuration file ${path} syntax is ok\nnginx: configuration file ${path} test is successful\n`;
  assert.deepEqual(await nginx('-t', '-c', path), { code: 0, out: '', err });
  assert.deepEqual(await nginx('-t', '-p', folder, '-c', 'good.conf'), { code: 0, out: '', err });
  assert.deepEqual(await nginx('-tq', '-c', path), { code: 0, out: '', err: '' });
});

test('all that is wrong in a file is told, with its line, and its exit code is 1', async () => {
  const path = write('bad.conf', 'events {}\nhttp {\n  server { lisen 80; }\n  gzip maybe;\n}\nuser;\n');
  const { code, err } = await nginx('-t', '-c', path);
  assert.equal(code, 1);
  const lines = err.split('\n');
  assert.equal(lines[0], `nginx: [emerg] unknown directive "lisen" in ${path}:3`);
  assert.ok(
    lines.some((line) => line.startsWith('nginx: [emerg] ') && line.endsWith(` in ${path}:4`)),
    err,
  );
  assert.ok(lines.includes(`nginx: [emerg] invalid number of arguments in "user" directive in ${path}:6`), err);
  assert.equal(lines.at(-2), `nginx: configuration file ${path} test failed`);
  assert.equal(lines.at(-1), '');
});

test('files that are not there are told as the system says it', async () => {
  assert.deepEqual(await nginx('-t', '-c', '/nowhere/nginx.conf'), {
    code: 1,
    out: '',
    err: 'nginx: [emerg] open() "/nowhere/nginx.conf" failed (2: No such file or directory)\nnginx: configuration file /nowhere/nginx.conf test failed\n',
  });
  const path = write('include.conf', 'events {}\ninclude missing.conf;\n');
  const { err } = await nginx('-t', '-c', path);
  assert.match(
    err,
    new RegExp(
      `^nginx: \\[emerg\\] open\\(\\) "${folder}/missing.conf" failed \\(2: No such file or directory\\) in ${path}:2\n`,
    ),
  );
});

test('directives of the command line come before those of the file, and are told as such', async () => {
  const path = write('with.conf', GOOD);
  assert.equal((await nginx('-t', '-c', path, '-g', 'daemon off; worker_processes 2;')).code, 0);
  const { code, err } = await nginx('-t', '-c', path, '-g', 'demon off;');
  assert.equal(code, 1);
  assert.match(err, /^nginx: \[emerg\] unknown directive "demon" in command line\n/);
});

test('-T prints each file once, as it is, on standard output', async () => {
  const part = write('part.conf', 'server { listen 127.0.0.1:1; } # caf\xe9\n');
  const path = write('whole.conf', 'events {}\nhttp { include part.conf; }\n');
  const { code, out, err } = await nginx('-T', '-c', path);
  assert.equal(code, 0);
  assert.match(err, /syntax is ok\n.*test is successful\n$/);
  assert.equal(
    out,
    `# configuration file ${path}:\n${readFileSync(path, 'utf8')}\n# configuration file ${part}:\n${readFileSync(part, 'utf8')}\n`,
  );
});

test('what is wrong stands in the error log that -e names too', async () => {
  const { code } = await nginx('-p', folder, '-c', 'nowhere.conf', '-e', 'start.log', '-t');
  assert.equal(code, 1);
  assert.match(
    readFileSync(join(folder, 'start.log'), 'utf8'),
    /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[emerg\] (\d+)#\1: open\(\) ".*nowhere\.conf" failed \(2: No such file or directory\)\n$/,
  );
});

test('-s signals the process whose number is in the pid file of the configuration, if it is a server', async () => {
  const path = write('signal.conf', `pid signal.pid;\n${GOOD}`);
  const pidFile = join(folder, 'signal.pid');
  const args = ['-p', folder, '-c', path, '-s', 'reload'];
  assert.deepEqual(await nginx(...args), {
    code: 1,
    out: '',
    err: `nginx: [error] open() "${pidFile}" failed (2: No such file or directory)\n`,
  });
  write('signal.pid', '\n');
  assert.equal((await nginx(...args)).err, `nginx: [error] invalid PID number "" in "${pidFile}"\n`);
  write('signal.pid', '4194999\n');
  assert.equal((await nginx(...args)).err, 'nginx: [alert] kill(4194999, 1) failed (3: No such process)\n');
  const other = spawn('sleep', ['30'], { stdio: 'ignore' });
  write('signal.pid', `${other.pid}\n`);
  try {
    const { code, err } = await nginx(...args);
    assert.equal(code, 1);
    assert.match(err, /^nginx: \[alert\] kill\(\d+, 1\) was not done, .* is another program now\n$/);
    assert.equal(other.exitCode ?? other.signalCode, null);
  } finally {
    other.kill('SIGKILL');
  }
});

test('-t looks for the folders and the Pythons of applications', async () => {
  const locations = 'location / { python_app shop { chdir nowhere; } } location /b/ { python_app blog { venv none; } }';
  const path = write('apps.conf', `events {}\nhttp { server { ${locations} } }\n`);
  const { code, err } = await nginx('-t', '-p', folder, '-c', path);
  assert.equal(code, 1);
  // Who is root asks as nobody, who may not enter the folder at all.
  assert.match(err, /^nginx: \[emerg\] python_app "shop": chdir: \S+\/nowhere (is not a folder|cannot be entered)/);
  assert.match(err, /\nnginx: \[emerg\] python_app "blog": (chdir|python): \S+/);
  assert.match(err, /\nnginx: configuration file \S+ test failed\n$/);
});
