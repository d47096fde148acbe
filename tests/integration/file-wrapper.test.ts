// wsgi.file_wrapper: the edge sends the file, from where it stands, as far as the declared length goes; what is no plain file is read.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from './server.ts';
import { serve } from './server.ts';

const APP = `
import gzip, io, os

class Closing(io.FileIO):
    def close(self):
        if not self.closed:
            print('file closed', flush=True)
        super().close()

def application(environ, start):
    kind, fields = environ['PATH_INFO'][1:], []
    if kind == 'gzip':
        with gzip.open('a.gz', 'wb') as out:
            out.write(b'inside')
        file = gzip.open('a.gz')
    elif kind == 'memory':
        file = io.BytesIO(b'in memory')
    else:
        file = Closing('big.bin')
    if kind == 'offset':
        file.seek(1_000_000)
    if kind == 'sized':
        fields = [('Content-Length', '10')]
    if kind == 'too-long':
        fields = [('Content-Length', '9999999')]
    if kind == 'removed':
        os.rename('big.bin', 'moved.bin')
        open('big.bin', 'w').write('another file')
    start('200 OK', fields)
    return environ['wsgi.file_wrapper'](file, 65536)
`;
const CONTENT = Array.from({ length: 300_000 }, (_, number) => String(number).padStart(7, '0')).join('');

let server: Server;
before(async () => {
  server = await serve({ app: APP, files: { 'big.bin': CONTENT } });
});
after(() => server[Symbol.asyncDispose]());

for (const [kind, expected] of [
  ['whole', CONTENT],
  ['offset', CONTENT.slice(1_000_000)],
  ['sized', CONTENT.slice(0, 10)],
  ['gzip', 'inside'],
  ['memory', 'in memory'],
] as const) {
  test(kind, async () => {
    const from = server.log.length;
    using client = await server.connect();
    for (let turn = 0; turn < 2; turn += 1) {
      client.send(`GET /${kind} HTTP/1.1\r\nHost: a\r\n\r\nHEAD /${kind} HTTP/1.1\r\nHost: a\r\n\r\n`);
      const answer = await client.read();
      assert.equal(answer.body.length, expected.length);
      assert.ok(answer.body === expected);
      assert.equal((await client.read('HEAD')).status, 200);
    }
    if (kind === 'whole') await server.logged(/(file closed[\s\S]*){4}/, 5000, from);
  });
}

test('a file shorter than its declared length does not look whole', async () => {
  await assert.rejects(server.ask('/too-long'), /closed after/);
});

test('a file whose name has gone to another is the one that was opened', async () => {
  assert.ok((await server.ask('/removed')).body === CONTENT);
});
