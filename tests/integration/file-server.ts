// A server that a portico.toml describes: `portico run`, in a folder of its own. Ended and removed when it is disposed of.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';

/** By path in the folder; `portico.toml` is among them. Waits until the server says that it is ready. */
export async function runFile(files: Readonly<Record<string, string>>): Promise<Server> {
  const folder = makeFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const child = spawn(PORTICO, ['run'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw new Error(`the server did not start: ${server.log}`, { cause: error });
  }
  return server;
}
