// What a reader must know to judge the figures: the machine and the versions.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { promisify } from 'node:util';

type Rows = (readonly [string, string])[];

/** Of the virtual environment of the peers. */
const PACKAGES = [
  ...['gunicorn', 'gunicorn_h1c', 'uWSGI', 'granian', 'uvicorn', 'daphne', 'hypercorn', 'uvloop', 'httptools'],
  ...['websockets', 'Django', 'fastapi', 'pydantic'],
];
const GIB = 1024 ** 3;
const run = promisify(execFile);

export function describeMachine(): Rows {
  const [cpu] = cpus();
  const [, system = 'unknown'] = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? [];
  return [
    ['cores', String(cpus().length)],
    ['processor', cpu?.model ?? 'unknown'],
    ['memory', `${(totalmem() / GIB).toFixed(0)} GiB`],
    ['kernel', `Linux ${release()}`],
    ['system', system],
  ];
}

export async function describeVersions(peers: string): Promise<Rows> {
  const python = `${peers}/bin/python`;
  const commit = await firstLine('git', ['describe', '--always', '--dirty=, with changes', '--exclude=*']);
  return [
    ['Portico', `${await firstLine('bin/portico', ['--version'])} (commit ${commit})`],
    ['Node.js', process.version],
    ['Python', await firstLine(python, ['-c', 'import sys; print(sys.version.replace(chr(10), " "))'])],
    ['built by', await firstLine(python, ['-c', 'import platform; print(*platform.python_build())'])],
    ...(await Promise.all(PACKAGES.map((name) => packageRow(python, name)))),
    ['nginx', await firstLine('nginx', ['-v'])],
    ['Apache', await firstLine('apache2', ['-v'])],
    ['mod_wsgi', await packageVersion('libapache2-mod-wsgi-py3')],
    ['HAProxy', await packageVersion('haproxy')],
    ['Caddy', await packageVersion('caddy')],
    ['OpenSSL (of nginx, HAProxy and the load)', await packageVersion('openssl')],
    ['wrk', await packageVersion('wrk')],
  ];
}

async function packageRow(python: string, name: string): Promise<readonly [string, string]> {
  const script = `import importlib.metadata; print(importlib.metadata.version('${name}'))`;
  return [name, await firstLine(python, ['-c', script])];
}

/** Of a Debian package. */
async function packageVersion(name: string): Promise<string> {
  return (await firstLine('dpkg-query', ['-W', name])).split('\t', 2)[1] ?? 'not installed';
}

async function firstLine(program: string, args: readonly string[]): Promise<string> {
  try {
    // Debian keeps servers where a user's search path does not lead.
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    const { stdout, stderr } = await run(program, [...args], { env: { ...process.env, PATH } });
    // Some write `Server version: ` before it.
    return `${stdout}${stderr}`
      .trim()
      .split('\n', 1)
      .join('')
      .replace(/^.*version: /, '');
  } catch {
    return 'not installed';
  }
}
