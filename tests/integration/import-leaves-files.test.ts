// An application that has opened a file, made a random generator and named itself while it was imported, served by several workers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Load } from './load.ts';
import { serve } from './server.ts';

const APP = `
import os, random, zipfile

if not os.path.exists('data.zip'):
    draft = f'data.{os.urandom(8).hex()}'
    with zipfile.ZipFile(draft, 'w') as made:
        for n in range(50):
            made.writestr(str(n), str(n) * 20_000)
    os.replace(draft, 'data.zip')

archive = zipfile.ZipFile('data.zip')
generator = random.Random()
me = os.getpid()

def application(environ, start):
    n = environ['PATH_INFO'][1:]
    if n:
        assert archive.read(n) == n.encode() * 20_000
    start('200 OK', [])
    return [f'{me == os.getpid()} {generator.random()}'.encode()]
`;

test('a ZipFile that is read by several workers, and what is to differ between them', async () => {
  await using server = await serve({ app: APP, args: ['--workers', '3', '--log-level', 'debug'] });
  assert.match(server.log, /3 \(each loads the application: .*data\.zip open/);
  assert.match(server.log, /app\.py:\d+ makes a random generator/);
  assert.match(server.log, /app\.py:\d+ asks for os\.getpid\(\)/);
  const drawn = new Set<string>();
  for (let n = 0; n < 30; n += 1) {
    const [isOwn = '', number = ''] = (await server.ask('/')).body.split(' ');
    assert.equal(isOwn, 'True');
    drawn.add(number);
  }
  assert.equal(drawn.size, 30);
  using load = new Load(server, { connections: 6, target: (connection, turn) => `/${(connection * 7 + turn) % 50}` });
  await load.reach(300);
  const answers = await load.stop();
  assert.deepEqual(
    answers.filter(({ status }) => status !== 200),
    [],
  );
});
