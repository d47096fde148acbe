// An application that logs to /dev/stdout or /dev/stderr by name, as settings written for containers have it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launch, serve } from './server.ts';

const APP = `
import logging
out, err = logging.FileHandler('/dev/stdout'), logging.FileHandler('/dev/stderr')
def say(text):
    for handler in (out, err):
        handler.emit(logging.makeLogRecord({'msg': '%s to %s' % (text, handler.baseFilename)}))
say('import')
def application(environ, start_response):
    say('request')
    open('/proc/self/fd/1', 'w').write('by number')
    start_response('200 OK', [])
    return [b'']
`;

for (const preload of ['--preload', '--no-preload']) {
  test(`what is opened at import and in a request is in the log, ${preload}`, async () => {
    await using server = await serve({ app: APP, args: [preload] });
    assert.equal((await server.ask('/')).status, 200);
    await server.logged(/OUTPUT \w+: import to \/dev\/stdout/);
    await server.logged(/OUTPUT \w+: import to \/dev\/stderr/);
    await server.logged(/OUTPUT \w+: request to \/dev\/stdout/);
    await server.logged(/OUTPUT w1: by number/);
  });
}

test('the last words of an import that crashes are in the log', async () => {
  const app = 'import os\nprint("before the end" * 1000)\nos.kill(os.getpid(), 11)';
  await using server = launch({ app });
  assert.notEqual(await server.exit, 0);
  assert.match(server.log, /OUTPUT app: (before the end){1000}/);
});
