// Commands that a test gives to a running server, as a shell would.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PORTICO } from './server.ts';

export interface Said {
  readonly code: unknown;
  readonly out: string;
  readonly error: string;
}

/** `folder`: where control sockets are looked for. */
export async function portico(folder: string, args: readonly string[], under: readonly string[] = []): Promise<Said> {
  const [program, ...before] = [...under, PORTICO];
  const child = spawn(program, [...before, ...args], {
    env: { ...process.env, PORTICO_CONTROL_SOCKET: folder, PORTICO_PID_FILE: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', error: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.error += text));
  const [code] = (await once(child, 'close')) as unknown[];
  return { code, ...said };
}
