// A server that nginx's files describe: `portico nginx` in a folder of its own, in the foreground. Ended and removed when it is disposed of.

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Answer } from './client.ts';
import { Client } from './client.ts';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server, START_MS, withModule } from './server.ts';

const HEAD = 'daemon off; pid nginx.pid; error_log stderr notice;\nevents {}\n';

export interface NginxServer extends AsyncDisposable {
  readonly server: Server;
  readonly port: number;
  readonly ask: (path: string) => Promise<Answer>;
}

interface Around {
  readonly http?: string;
  readonly main?: string;
  readonly preloaded?: string;
}

/** `locations`: what stands in the one server, `http` beside it, and `main` in front of both. `preloaded`: a module that each of our processes loads first. Other files by their path in the folder, which is the prefix. */
export async function runNginx(
  locations: string,
  files: Readonly<Record<string, string>> = {},
  { http = '', main = '', preloaded }: Around = {},
): Promise<NginxServer> {
  const folder = makeFolder();
  // Started by root, the server becomes nobody.
  chmodSync(folder, 0o755);
  const port = await findPort();
  const text = `${HEAD}${main}\nhttp { ${http}\nserver { listen 127.0.0.1:${port};\n${locations}\n} }\n`;
  for (const [path, content] of Object.entries({ ...files, 'nginx.conf': text })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const [program = '', ...before] = preloaded === undefined ? [PORTICO] : withModule(preloaded);
  const child = spawn(program, [...before, 'nginx', '-p', folder, '-c', 'nginx.conf'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: folder, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const server = new Server(child, folder);
  const dispose = () => server[Symbol.asyncDispose]();
  try {
    await server.logged(/start worker processes/, START_MS);
  } catch (error) {
    await dispose();
    throw new Error(`the server did not start: ${server.log}`, { cause: error });
  }
  const ask = async (path: string): Promise<Answer> => {
    using client = await Client.open(port);
    client.send(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
    // Awaited here: the connection ends with the function.
    return await client.read('GET');
  };
  return { server, port, ask, [Symbol.asyncDispose]: dispose };
}
