// A server of a model that a test has made: of several applications, or none, which no command line of ours asks for.

import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerModel } from '../../src/config/model/server-model.ts';
import { readServeRequest } from '../../src/config/read.ts';
import { serveModel } from '../../src/config/serve-model.ts';
import { makeFolder, Server, START_MS } from './server.ts';

const PROGRAM = join(import.meta.dirname, 'fakes/model-server.ts');

/** What `portico serve` would run in this folder, for a test to change. */
export function plainModel(folder: string, ...args: readonly string[]): ServerModel {
  const own = ['app:application', '--bind', '127.0.0.1:0', '--workers', '1', '--edge-threads', '1'];
  const { request, diagnostics } = readServeRequest([...own, ...args], { env: {}, coreCount: 1 });
  if (request === undefined) {
    throw new Error(JSON.stringify(diagnostics));
  }
  return serveModel(request, folder);
}

/** `sources`: of the files of the applications, by name. */
export function launchModel(
  make: (folder: string) => ServerModel,
  sources: Readonly<Record<string, string>> = {},
): Server {
  const folder = makeFolder();
  for (const [name, text] of Object.entries(sources)) {
    writeFileSync(join(folder, name), text);
  }
  writeFileSync(join(folder, 'model.json'), JSON.stringify(make(folder)));
  const env = { PATH: process.env['PATH'], TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(process.execPath, [PROGRAM, 'model.json'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Server(child, folder);
}

export async function serveModelOf(...site: Parameters<typeof launchModel>): Promise<Server> {
  const server = launchModel(...site);
  try {
    await server.logged(/is ready \(/, START_MS);
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw new Error(`the server did not start: ${server.log}`, { cause: error });
  }
  return server;
}
