// The application of these tests, served; and what it has noted.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';
import { until } from '../integration/waiting.ts';

const APP = readFileSync(join(import.meta.dirname, 'asgi_app.py'), 'utf8');

export async function serveAsgi(...args: readonly string[]): Promise<Server> {
  return serve({ app: APP, args });
}

export async function openGate(server: Server, key: string): Promise<void> {
  await server.ask(`/open_gate?${key}`);
}

/** Waits until what a behaviour has noted under its key is as it should be. */
export async function noted(
  server: Server,
  key: string,
  isSo: (events: readonly unknown[]) => boolean,
): Promise<readonly unknown[]> {
  let events: readonly unknown[] = [];
  let isAsking = false;
  const ask = async (): Promise<void> => {
    isAsking = true;
    events = JSON.parse((await server.ask(`/events?${key}`)).body) as readonly unknown[];
    isAsking = false;
  };
  try {
    await until('it has noted it', () => {
      if (isSo(events)) return true;
      if (!isAsking) void ask();
      return false;
    });
    return events;
  } catch (error) {
    throw new Error(`noted ${JSON.stringify(events)} under ${key}`, { cause: error });
  }
}

export async function notedExactly(server: Server, key: string, expected: readonly unknown[]): Promise<void> {
  await noted(server, key, (events) => JSON.stringify(events) === JSON.stringify(expected));
}
