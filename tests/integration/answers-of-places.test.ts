// What a place of portico.toml answers in a word (`reply`, `redirect`): behind the rules about who may ask, and in no location that answers by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFile } from './file-server.ts';

const FILE = `
[zone.slow]
key = "all"
rate = "1r/m"

[[site]]
listen = "127.0.0.1:0"
redirect = "https://new.example$request_uri"
errors.pages = { "410" = "/gone" }

[site.location."/closed/"]
reply = "secret"
access.addresses = ["deny all"]

[site.location."/slow"]
reply = "$uri"
rate-limit.rates = [{ zone = "slow" }]

[site.location."/old"]
reply = { status = 410 }

[site.location."= /gone"]
reply = "no more"

[site.location."/.well-known/"]
files.root = "www"

[site.location."/at-once/"]
rules = [{ return = 200, with = "open" }]
access.addresses = ["deny all"]
`;

test('reply and redirect answer those who may ask, and leave locations what is theirs', async () => {
  await using server = await runFile({ 'portico.toml': FILE, 'www/.well-known/token': 'token' });
  const ask = async (path: string): Promise<readonly [number, string]> => {
    const { status, body, fields } = await server.ask(path);
    return [status, fields.get('location') ?? (status === 200 || status === 410 ? body : '')];
  };
  assert.deepEqual(await ask('/a?b=c'), [301, 'https://new.example/a?b=c']);
  assert.deepEqual(await ask('/closed/x'), [403, '']);
  assert.deepEqual([await ask('/slow'), (await ask('/slow'))[0]], [[200, '/slow'], 503]);
  assert.deepEqual(await ask('/old'), [410, 'no more']);
  assert.deepEqual(await ask('/.well-known/token'), [200, 'token']);
  // A rule answers before it is asked who may come in, as nginx's `return` does.
  assert.deepEqual(await ask('/at-once/'), [200, 'open']);
});
