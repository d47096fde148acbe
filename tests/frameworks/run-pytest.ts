// pytest with the plugin, on a copy of tests/frameworks/pytest-suite.

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../integration/server.ts';
import { PYTHON } from './example.ts';

const SUITE = join(import.meta.dirname, 'pytest-suite');
const PLUGIN = join(import.meta.dirname, '../../python');
/** A run of pytest that was asked about, not one whose variables it may have inherited. */
const NOT_INHERITED = /^(PYTEST_.*|PYTHONPATH|PORTICO_.*|NODE_TEST_CONTEXT|NODE_OPTIONS)$/;

export interface Run {
  readonly code: unknown;
  readonly said: string;
}

export async function runPytest(...args: string[]): Promise<Run> {
  using suite = startPytest(...args);
  const [code] = (await once(suite.child, 'close')) as unknown[];
  return { code, said: suite.said };
}

export interface StartedPytest extends Disposable {
  readonly child: ChildProcess;
  readonly said: string;
}

export function startPytest(...args: string[]): StartedPytest {
  const folder = makeFolder();
  cpSync(SUITE, folder, { recursive: true, filter: (path) => !path.endsWith('__pycache__') });
  const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.test(name));
  const child = spawn(
    PYTHON,
    ['-m', 'pytest', '-p', 'portico.pytest_plugin', '-p', 'no:cacheprovider', '-q', ...args],
    {
      cwd: folder,
      env: { ...Object.fromEntries(inherited), PYTHONPATH: PLUGIN, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      child.emit('said');
    });
  }
  child.on('close', () => child.emit('said'));
  return {
    child,
    get said() {
      return said;
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
