/**
 * A folder that an ordinary user can read, with the suite and both programs in it: the suite's results depend on rights, so it is never run as root, and
 * that user may not see the checkout at all.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Stage {
  readonly suite: string;
  /** Where the suite makes its folders. */
  readonly temporary: string;
  readonly portico: string;
  readonly referee: string;
  /** Undefined: the user that has started us. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  [Symbol.dispose](): void;
}

const CHECKOUT = join(import.meta.dirname, '../../..');
/** What `portico nginx` runs by, below the checkout. */
const PROGRAM = [
  'bin',
  'src',
  'python',
  'package.json',
  'node_modules/bcryptjs',
  'node_modules/mime-db',
  'node_modules/smol-toml',
  '.venv/node/bin/node',
];
export const REFEREE = '/usr/sbin/nginx';
/** In this order: Debian's user of web servers, and the one that every system has. */
const USERS = ['www-data', 'nobody'];

export function prepareStage(suite: string): Stage {
  // Short, because Unix sockets are made below it, whose names may have 107 bytes.
  const root = mkdtempSync(join(tmpdir(), 'ngx-'));
  const user = process.getuid?.() === 0 ? findUser() : undefined;
  const stage = {
    suite: join(root, 'suite'),
    temporary: join(root, 't'),
    portico: join(root, 'nginx'),
    referee: join(root, 'referee'),
    user,
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
  cpSync(suite, stage.suite, { recursive: true, filter: (path) => !path.includes('/.git') });
  const program = join(root, 'portico');
  for (const path of PROGRAM) {
    mkdirSync(dirname(join(program, path)), { recursive: true });
    cpSync(join(CHECKOUT, path), join(program, path), { recursive: true, dereference: true });
  }
  const caches = join(program, 'var/compile-cache');
  mkdirSync(caches, { recursive: true });
  mkdirSync(stage.temporary);
  // The process that is started must become the server, or the suite could not stop it.
  writeProgram(stage.portico, `exec '${program}/bin/portico' nginx "$@"\n`);
  writeProgram(stage.referee, REFEREE_PROGRAM);
  if (user !== undefined) {
    for (const folder of [root, stage.suite, stage.temporary, caches]) {
      chownSync(folder, user.uid, user.gid);
    }
    execFileSync('chmod', ['-R', 'a+rX', root]);
  }
  chmodSync(root, 0o755);
  return stage;
}

/** Debian's package of `stream`, which its nginx has to be told to load. */
const STREAM_MODULE = '/usr/lib/nginx/modules/ngx_stream_module.so';

/** What the suite writes into each configuration of a program: what Debian keeps in a module has to be loaded. */
export function globalsOf(binary: 'portico' | 'referee'): string {
  return binary === 'referee' && existsSync(STREAM_MODULE) ? `load_module ${STREAM_MODULE};` : '';
}

/** Modules that Debian has as packages of their own would have the suite load files that are not there: `stream` alone is, and is said to be built in. */
const REFEREE_PROGRAM = `if [ "$1" = -V ]; then
  ${REFEREE} -V 2>&1 | sed '${existsSync(STREAM_MODULE) ? 's/ --with-stream=dynamic/ --with-stream/; ' : ''}s/ --with-[a-z_]*=dynamic//g' >&2
  exit
fi
exec ${REFEREE} "$@"
`;

function writeProgram(path: string, text: string): void {
  writeFileSync(path, `#!/bin/sh\n${text}`, { mode: 0o755 });
}

function findUser(): { uid: number; gid: number } {
  for (const name of USERS) {
    try {
      const read = (flag: string): number =>
        Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: read('-u'), gid: read('-g') };
    } catch {
      // There is no such user: the next one.
    }
  }
  throw new Error(`there is none of the users ${USERS.join(', ')}: start this as a user that is not root`);
}

export function hasReferee(): boolean {
  return existsSync(REFEREE);
}
