// One of the examples in a folder of its own, served with the packages of the frameworks' environment.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Server } from '../integration/server.ts';
import { makeFolder, serve } from '../integration/server.ts';
import { within } from '../integration/waiting.ts';

export interface ExampleOptions {
  /** '' lets the server find out. */
  readonly target?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What Python is to run first. */
  readonly prepare?: readonly string[];
}

const ROOT = join(import.meta.dirname, '../..');
export const PYTHON: string = join(ROOT, 'var/frameworks/bin/python');

const PATIENCE_MS = 10_000;

/** What somebody who has run it leaves there. */
const NOT_COPIED = /^(\.venv|__pycache__|static-collected|media|secret-key.*|demo-login\.txt|db\.sqlite3.*)$/;

/** With one worker, unless `args` say otherwise. */
export async function serveExample(name: string, options: ExampleOptions = {}): Promise<Server> {
  assert.ok(existsSync(PYTHON), 'there are no frameworks in var/: run the step once, node tools/test.ts frameworks');
  const folder = makeFolder();
  cpSync(join(ROOT, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !NOT_COPIED.test(basename(path)),
  });
  const app = join(folder, 'app.py');
  const { target = 'app:app', args = [], env = {}, prepare } = options;
  if (prepare !== undefined) execFileSync(PYTHON, prepare, { cwd: folder, stdio: 'pipe' });
  return serve({
    app: existsSync(app) ? readFileSync(app, 'utf8') : '',
    folder,
    target,
    env,
    args: ['--python', PYTHON, ...args],
  });
}

/** Also asserts that nothing has happened that the server itself calls an error. */
export async function stopExample(server: Server): Promise<void> {
  await server[Symbol.asyncDispose]();
  assert.doesNotMatch(server.log, /\] ERROR portico: /);
}

export async function json(url: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  assert.ok(answer.ok, `${url}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Asks until the application has come to know it: an end that a client has seen may still be on its way to it. */
export async function becomes(url: string, expected: unknown): Promise<void> {
  let last: unknown;
  const asked = async (): Promise<void> => {
    do last = await json(url);
    while (!isDeepStrictEqual(last, expected));
  };
  await within(PATIENCE_MS, `waiting for ${JSON.stringify(expected)}`, asked()).catch(() =>
    assert.deepEqual(last, expected),
  );
}

/** POST of a value as JSON; gives the status. */
export async function postJson(url: string, value: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(value) });
  await answer.arrayBuffer();
  return answer.status;
}

/** POST of a form's fields; gives the status. */
export async function postForm(url: string, fields: Readonly<Record<string, string>>): Promise<number> {
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' });
  await answer.arrayBuffer();
  return answer.status;
}
