// `portico gunicorn` in a folder of its own, in the foreground: ended and removed when it is disposed of.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

export interface GunicornSite {
  /** Files by their path in the folder. */
  readonly files: Readonly<Record<string, string>>;
  /** Options, and the application. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function launchGunicorn({ files, args, env = {} }: GunicornSite): Server {
  const folder = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(join(folder, path), text);
  }
  const child = spawn(PORTICO, ['gunicorn', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: folder,
      PYTHONDONTWRITEBYTECODE: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Server(child, folder);
}

export async function runGunicorn(site: GunicornSite): Promise<Server> {
  const server = launchGunicorn(site);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw new Error(`the server did not start: ${server.log}`, { cause: error });
  }
  return server;
}
