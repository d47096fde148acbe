// A server that the command line of gunicorn has started, in a folder with the files that are written down in the test.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

export interface GunicornSite {
  readonly files: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where hooks of the test write what they have to say. */
export const SAID = 'said';

export async function serveGunicorn({ files, args = [], env = {} }: GunicornSite): Promise<Server> {
  const folder = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { PATH, HOME } = process.env;
  const child = spawn(PORTICO, ['gunicorn', 'app', '--bind', '127.0.0.1:0', ...args], {
    cwd: folder,
    env: { PATH, HOME, TMPDIR: folder, PORTICO_CONTROL_SOCKET: folder, PORTICO_EDGE_THREADS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

export function said({ folder }: Server): readonly string[] {
  return readFileSync(join(folder, SAID), 'utf8').trimEnd().split('\n');
}
