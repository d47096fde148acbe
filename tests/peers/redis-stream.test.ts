// A real Redis behind streams of a portico.toml, with its own client in front of them: plainly, and by TLS that ends in the stream.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startRedis } from '../frameworks/redis.ts';
import { Authority } from '../integration/certificates.ts';
import { runFile } from '../integration/file-server.ts';
import { findPort } from '../integration/free-port.ts';
import { makeFolder } from '../integration/server.ts';

const run = promisify(execFile);

test('a client of Redis reaches it by a stream, and by one that ends its TLS', async () => {
  await using redis = await startRedis();
  const [plain, secure] = [await findPort(), await findPort()];
  const folder = makeFolder();
  const authority = new Authority(folder);
  const site = authority.issue('site');
  await using _server = await runFile({
    'portico.toml': `
[edge]
threads = 1

[[stream-upstream]]
name = "redis"
servers = ["127.0.0.1:1", "${redis.url.replace('//', '')}"]
health-check = { interval = "1s" }

[[stream]]
listen = "127.0.0.1:${plain}"
proxy = "redis"
access = ["allow 127.0.0.0/8", "deny all"]
access-log = "redis.log"

[[stream]]
listen = "127.0.0.1:${secure} tls"
proxy = { to = "redis", timeout = "1h" }
tls.certificates = { certificate = "${site.cert}", key = "${site.key}" }
`,
  });
  const ask = async (port: number, ...words: string[]): Promise<string> =>
    (await run('redis-cli', ['-p', String(port), ...words])).stdout.trim();
  assert.equal(await ask(plain, 'SET', 'a', 'b'.repeat(100_000)), 'OK');
  assert.equal((await ask(plain, 'GET', 'a')).length, 100_000);
  const tls = ['--tls', '--cacert', authority.cert];
  assert.equal(await ask(secure, ...tls, '-h', 'localhost', 'STRLEN', 'a'), '100000');
  // A pipe of a thousand commands: 0 errors.
  const { stdout } = await run('sh', [
    '-c',
    `for i in $(seq 1000); do echo "INCR n"; done | redis-cli -p ${plain} --pipe`,
  ]);
  assert.match(stdout, /errors: 0, replies: 1000/);
  rmSync(folder, { recursive: true });
});
