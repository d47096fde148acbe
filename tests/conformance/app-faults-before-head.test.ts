// What an application can do wrong before anything was sent: its client gets a 500 that shows nothing of it, the log says what it
// was and in which request, and the next request on the connection is served as if nothing had been.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Server } from '../integration/server.ts';
import { serve } from '../integration/server.ts';

/** What it gives to start_response, and what it returns. */
const BAD_HEADS = `
HEADS = {
    'status-number': (200, []),
    'status-short': ('20 OK', []),
    'status-interim': ('100 Continue', []),
    'status-split': ('200 OK\\r\\nX-Split: 1', []),
    'fields-none': ('200 OK', None),
    'field-not-a-pair': ('200 OK', [('X-A',)]),
    'value-split': ('200 OK', [('X-A', 'a\\r\\nX-Split: 1')]),
    'value-folded': ('200 OK', [('X-A', 'a\\n b')]),
    'value-nul': ('200 OK', [('X-A', 'a\\0b')]),
    'value-not-latin1': ('200 OK', [('X-A', '\\u20ac')]),
    'value-bytes': ('200 OK', [('X-A', b'a')]),
    'name-split': ('200 OK', [('X-A: a\\r\\nX-Split', '1')]),
    'name-empty': ('200 OK', [('', 'a')]),
    'length-word': ('200 OK', [('Content-Length', 'ten')]),
    'lengths-differ': ('200 OK', [('Content-Length', '5'), ('Content-Length', '6')]),
    'too-little-in-a-list': ('200 OK', [('Content-Length', '10')]),
}
RESULTS = {'returns-none': None, 'returns-str': 'text', 'returns-number': 1, 'list-of-str': ['text'], 'list-of-none': [None]}
`;
const APP = `${BAD_HEADS}
def raises_in_generator():
    raise RuntimeError('in the generator')
    yield b''

def application(environ, start):
    name = environ['PATH_INFO'][1:]
    if name == 'never-starts':
        return [b'body']
    if name == 'never-starts-empty':
        return []
    if name == 'raises-at-once':
        raise RuntimeError('at once')
    start(*HEADS.get(name, ('200 OK', [('Content-Type', 'text/plain')])))
    if name == 'starts-twice':
        start('200 OK', [])
    if name == 'raises-after-head':
        raise RuntimeError('after the head')
    if name == 'raises-system-exit':
        raise SystemExit(3)
    if name == 'raises-in-generator':
        return raises_in_generator()
    return RESULTS.get(name, [b'fine'])
`;
const NAMES = [
  ...[...BAD_HEADS.matchAll(/'([a-z0-9-]+)': /g)].map(([, name = '']) => name),
  ...['never-starts', 'never-starts-empty', 'starts-twice'],
  ...['raises-at-once', 'raises-after-head', 'raises-system-exit', 'raises-in-generator'],
];

let server: Server;
before(async () => {
  server = await serve({ app: APP });
});
after(() => server[Symbol.asyncDispose]());

for (const name of NAMES) {
  test(name, async () => {
    const from = server.log.length;
    using client = await server.connect();
    client.send(`GET /${name} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await client.read();
    assert.equal(answer.status, 500);
    assert.equal(answer.fields.get('x-split'), undefined);
    assert.doesNotMatch(answer.body, /Traceback|Error:|fine/);
    client.send('GET /fine HTTP/1.1\r\nHost: a\r\n\r\n');
    assert.equal((await client.read()).body, 'fine');
    await server.logged(new RegExp(`request [0-9a-f]{32} GET /${name}: `), 5000, from);
  });
}
