// Sixty-four connections ask and upload without a pause while the configuration is reloaded: sites come and go, an address moves, a file is broken. Nothing is lost, and no worker is started again.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, Closed } from './client.ts';
import { runFile } from './file-server.ts';
import { findPort } from './free-port.ts';
import type { Server } from './server.ts';
import { until } from './waiting.ts';

const APP = `
import os
def application(environ, start_response):
    body = environ['wsgi.input'].read()
    start_response('200 OK', [('X-Worker', str(os.getpid()))])
    return [b'%d ' % len(body), body[-8:]]
`;
const SERVED = /the new configuration is served/;
const KEPT = /the configuration was not changed: the one before is served on/;
/** More than a request's memory holds, so that it is spooled. */
const LARGE = 3 * 1024 * 1024;
const ROUNDS = Number(process.env['RELOAD_ROUNDS'] ?? 1);

interface Request {
  readonly text: string;
  readonly answer: string;
}

/** Asks without a pause until it is told to end, each time where `where` says; notes whatever is not as it should be. */
class Visitor {
  asked = 0;
  opened = 0;
  readonly faults: string[] = [];
  readonly workers = new Set<string>();
  readonly #where: () => number;
  readonly #request: () => Request;
  #client: Client | undefined;
  #port = 0;
  #isOver = false;
  readonly end: Promise<void>;

  constructor(where: () => number, request: () => Request) {
    this.#where = where;
    this.#request = request;
    this.end = this.#run();
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.end;
    this.#client?.close();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const { text, answer } = this.#request();
      await this.#ask(text, answer).catch((error: unknown) => this.faults.push(String(error)));
      this.asked += 1;
    }
  }

  async #ask(text: string, wanted: string): Promise<void> {
    const kept = this.#client;
    const client = kept ?? (await this.#open());
    this.#client = undefined;
    try {
      client.send(text);
      const { status, body, fields, isKept } = await client.read(text.slice(0, text.indexOf(' ')));
      if (status !== 200 || body !== wanted) this.faults.push(`${status} ${body.slice(0, 200)}`);
      this.workers.add(fields.get('x-worker') ?? '');
      if (isKept) this.#client = client;
      else await this.#leave(client);
    } catch (error) {
      // RFC 9112 9.3.1: an idle connection may be closed just as a request is sent; a safe one is then sent again.
      if (kept === undefined || !(error instanceof Closed) || error.received !== '' || text.startsWith('POST'))
        throw error;
      await this.#ask(text, wanted);
    }
  }

  #open(): Promise<Client> {
    this.opened += 1;
    this.#port = this.#where();
    return Client.open(this.#port);
  }

  /** Who is told that the connection ends comes again by the new address: the old one is closed at some moment, and resets who comes in that. */
  async #leave(client: Client): Promise<void> {
    client.close();
    await until('the address has moved', () => this.#where() !== this.#port || this.#isOver);
  }
}

const get = { text: 'GET /app HTTP/1.1\r\nHost: a.test\r\n\r\n', answer: '0 ' };
const moved = { text: 'GET / HTTP/1.1\r\nHost: m.test\r\n\r\n', answer: 'moves' };

function upload(size: number): Request {
  const body = `${'x'.repeat(size - 8)}the-last`;
  return {
    text: `POST /app HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n${body}`,
    answer: `${size} the-last`,
  };
}

async function reload(server: Server, text: string, says: RegExp): Promise<void> {
  const from = server.log.length;
  writeFileSync(join(server.folder, 'portico.toml'), text);
  server.signal('SIGHUP');
  await server.logged(says, 30_000, from);
}

test('64 busy connections lose nothing by reloads', async () => {
  const [main, first, second, third] = await Promise.all([findPort(), findPort(), findPort(), findPort()]);
  const configuration = (moving: number, more = ''): string =>
    `[edge]\nthreads = 2\n[app]\nmodule = "app"\nworkers = 2\nthreads = 4\n[[site]]\nnames = "a.test"\nlisten = "127.0.0.1:${main}"\n[[site]]\nlisten = "127.0.0.1:${moving}"\nreply = "moves"\n${more}`;
  const site = `[[site]]\nnames = "b.test"\nlisten = ["127.0.0.1:${main}", "127.0.0.1:${third}"]\nreply = "b"\n`;
  await using server = await runFile({ 'app.py': APP, 'portico.toml': configuration(first) });
  const workers = server.workerPids;
  let port = first;
  const [small, large] = [upload(20_000), upload(LARGE)];
  const staying = [
    ...Array.from(
      { length: 36 },
      () =>
        new Visitor(
          () => main,
          () => get,
        ),
    ),
    ...Array.from(
      { length: 10 },
      () =>
        new Visitor(
          () => main,
          () => small,
        ),
    ),
    ...Array.from(
      { length: 2 },
      () =>
        new Visitor(
          () => main,
          () => large,
        ),
    ),
  ];
  const moving = Array.from(
    { length: 16 },
    () =>
      new Visitor(
        () => port,
        () => moved,
      ),
  );
  const all = [...staying, ...moving];
  const progress = async () => {
    const before = all.map(({ asked }) => asked);
    await until(
      'each has been answered once more',
      () => all.every(({ asked }, index) => asked > (before[index] ?? 0)),
      60_000,
    );
  };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await progress();
      await reload(server, configuration(port, site), SERVED);
      using added = await Client.open(third);
      added.send('GET / HTTP/1.1\r\nHost: b.test\r\n\r\n');
      assert.equal((await added.read()).body, 'b');
      const other = port === first ? second : first;
      await reload(server, configuration(other, `${site}wrong = 1\n`), KEPT);
      await reload(server, configuration(other, site), SERVED);
      port = other;
      await progress();
      await reload(server, configuration(other), SERVED);
      await added.ended();
    }
    await progress();
  } finally {
    await Promise.all(all.map((visitor) => visitor.stop()));
  }
  assert.deepEqual(all.flatMap(({ faults }) => faults).slice(0, 5), []);
  assert.equal(
    staying.reduce((sum, { opened }) => sum + opened, 0),
    staying.length,
    'no connection was closed',
  );
  const served = new Set(staying.flatMap((visitor) => [...visitor.workers]));
  assert.deepEqual(
    [...served].map(Number).toSorted((a, b) => a - b),
    workers,
  );
  assert.deepEqual(server.workerPids, workers);
  assert.equal([...server.log.matchAll(new RegExp(SERVED, 'g'))].length, ROUNDS * 3);
  assert.doesNotMatch(server.log, /started again|internal|killed|Traceback/);
  if (ROUNDS > 1) console.log(`${all.reduce((sum, { asked }) => sum + asked, 0)} requests, ${ROUNDS * 4} reloads`);
});
