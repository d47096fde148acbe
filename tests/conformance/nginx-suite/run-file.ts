/** Runs one file of the suite with one binary. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Stage } from './stage.ts';
import { globalsOf } from './stage.ts';
import type { Result } from './tap.ts';
import { judge } from './tap.ts';

/** The longest file takes 40 s; a server that does not stop holds one for 90 s more. */
const FILE_TIMEOUT_MS = 150_000;
/** What a file may print, debug log included. Beyond it only its verdict would be lost. */
const OUTPUT_BYTES_MAX = 32 * 1_048_576;

export interface FileRun {
  readonly stage: Stage;
  readonly binary: 'portico' | 'referee';
  /** What the file has printed, and the server's error log, are left here. */
  readonly logs: string;
}

export async function runFile(name: string, { stage, binary, logs }: FileRun): Promise<Result> {
  const child = spawn('perl', [name], {
    cwd: stage.suite,
    ...stage.user,
    // A group of its own, so that the servers that the file leaves behind end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: stage.temporary,
      TMPDIR: stage.temporary,
      TEST_NGINX_BINARY: stage[binary],
      TEST_NGINX_GLOBALS: globalsOf(binary),
      TEST_NGINX_CATLOG: '1',
      TEST_NGINX_VERBOSE: '1',
      TEST_NGINX_UNSAFE: '1',
    },
  });
  let isOverdue = false;
  const timer = setTimeout(() => {
    isOverdue = true;
    endGroup(child.pid);
  }, FILE_TIMEOUT_MS);
  const texts = { out: '', err: '' };
  const keep = (which: 'out' | 'err') => (bytes: Buffer) => {
    if (texts[which].length < OUTPUT_BYTES_MAX) {
      texts[which] += bytes.toString('latin1');
    }
  };
  child.stdout.on('data', keep('out'));
  child.stderr.on('data', keep('err'));
  const closed = once(child, 'close');
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  // A server that was left behind holds the pipes.
  endGroup(child.pid);
  await closed;
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, `${name}.log`), `${texts.out}\n--- standard error\n${texts.err}`, 'latin1');
  return judge(texts.out, texts.err, { code, isOverdue });
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) {
      process.kill(-pid, 'SIGKILL');
    }
  } catch {
    // Nobody is left in it.
  }
}
