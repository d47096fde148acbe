// A supervisor with an error of its own, which a module that is loaded before it brings about: it ends, with a code that says so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descendants, isAlive } from './processes.ts';
import type { Server } from './server.ts';
import { launch } from './server.ts';
import { until, within } from './waiting.ts';

const APP = `
import time

def application(environ, start_response):
    start_response('200 OK', [])
    yield b'begun'
    time.sleep(0.5)
    yield b'finished'
`;

/** Runs `code` at SIGUSR2 in the supervisor alone, to which that signal means nothing. */
function withBug(code: string): Server {
  return launch({
    app: APP,
    preloaded: `if (process.argv.includes('serve')) process.on('SIGUSR2', () => { ${code} });`,
  });
}

for (const [what, code] of [
  ['a timer', `setTimeout(() => { throw new Error('a planted bug'); }, 0)`],
  ['a promise', `Promise.reject(new Error('a planted bug'))`],
] as const) {
  test(`an error of the supervisor in ${what} ends it with code 70, and all its children`, async () => {
    await using server = withBug(code);
    await server.logged(/is ready \(/);
    const family = descendants(server.pid).map(({ pid }) => pid);
    using client = await server.connect();
    client.send('GET /slow HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n');
    await client.receive(/begun/);
    server.signal('SIGUSR2');
    assert.equal(await within(15_000, 'the end of the server', server.exit), 70, server.log);
    assert.match(server.log, /ERROR portico: internal error, the server ends: Error: a planted bug/);
    assert.match(server.log, /ERROR portico: {5}at /, 'with its stack');
    await until('its children have ended', () => !family.some(isAlive));
    assert.match(client.received, /finished/, 'what ran was finished');
  });
}
