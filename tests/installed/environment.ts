// Environments that the packages under test are installed in, and the program that is started there. tools/installed.ts makes the
// packages and says where they are; pip and uv find the rest in the same folder.

import assert from 'node:assert/strict';
import type { SpawnSyncReturns } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const WHEEL: string = given('PORTICO_TEST_WHEEL');
export const NPM_PACKAGE: string = given('PORTICO_TEST_NPM');
export const UV: string = resolve('.venv/bin/uv');
export const NODE: string = resolve('.venv/node/bin/node');
/** That of a Debian machine. */
export const PLAIN_PATH = '/usr/bin:/bin';

function given(name: string): string {
  const path = process.env[name];
  assert.ok(path !== undefined, `${name} is not set: node tools/test.ts installed`);
  return path;
}

/** A folder whose name a careless program would split or misread. Others may look into it. */
export class Folder {
  readonly path: string;

  constructor() {
    this.path = mkdtempSync(join(tmpdir(), 'portico ünd '));
    chmodSync(this.path, 0o755);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Run {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. Unless an environment is given it has this one; compiled code goes where this one says, and not into /var/cache. */
export function run(program: string, args: readonly string[], { cwd = '/', env }: Run = {}): SpawnSyncReturns<string> {
  const { XDG_CACHE_HOME } = process.env;
  return spawnSync(program, [...args], { cwd, env: { XDG_CACHE_HOME, ...(env ?? process.env) }, encoding: 'utf8' });
}

/** Its output; it must succeed. */
export function succeed(program: string, args: readonly string[], options: Run = {}): string {
  const { status, stdout, stderr, error } = run(program, args, options);
  assert.equal(status, 0, `${program} ${args.join(' ')}: ${error?.message ?? ''}${stdout}${stderr}`);
  return stdout;
}

/** A virtual environment with the package in it, by uv, which takes a fifth of a second. */
export function install(folder: string, python: string = resolve('.venv/bin/python')): string {
  succeed(UV, ['venv', '--quiet', '--python', python, folder]);
  succeed(UV, ['pip', 'install', '--quiet', '--python', join(folder, 'bin/python'), WHEEL]);
  return join(folder, 'bin/portico');
}

export function packagesOf(environment: string): string {
  const [path] = globSync('lib/python3*/site-packages', { cwd: environment });
  assert.ok(path !== undefined, `${environment} has a folder for packages`);
  return join(environment, path);
}
