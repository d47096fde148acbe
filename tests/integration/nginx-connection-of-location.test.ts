// What a location of nginx's files says of the connection on which its requests come, and what variables say of that.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';

const NUMBERS = `log_format numbers "numbers $request_length $pipe $connection_requests $status";`;
const LOCATIONS = `access_log off; keepalive_timeout 30s;
location / { return 200 usual; }
location /close { keepalive_timeout 0; return 200 close; }
location /named { keepalive_timeout 20s 19s; return 200 named; }
location /second { keepalive_requests 2; return 200 second; }
location /safari { keepalive_disable safari; return 200 safari; }
location /none { keepalive_disable none; return 200 none; }
location /reset { reset_timedout_connection on; return 444; }
location /drop { return 444; }
location /page { error_page 418 /close; keepalive_timeout 20s 19s; return 418; }
location /numbers { access_log /dev/stderr numbers; return 200 numbers; }`;
const EXPLORER = 'User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n';
const SAFARI = 'User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X) AppleWebKit/600 Safari/600\r\n';

let nginx: NginxServer;
before(async () => {
  nginx = await runNginx(LOCATIONS, {}, { http: NUMBERS });
});
after(() => nginx[Symbol.asyncDispose]());

function request(line: string, fields = ''): string {
  return `${line} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
}

test('a connection is kept as the location says that answers', async () => {
  const told: (string | undefined)[] = [];
  const ask = async (client: Client, line: string, fields = ''): Promise<void> => {
    client.send(request(line, line.startsWith('POST') ? `${fields}Content-Length: 0\r\n` : fields));
    const answer = await client.read();
    told.push([answer.fields.get('connection'), answer.fields.get('keep-alive')].filter(Boolean).join(' '));
  };
  for (const [line, fields] of [
    ['GET /'],
    ['GET /close'],
    ['GET /named'],
    ['GET /page'],
    ['POST /', EXPLORER],
    ['GET /', EXPLORER],
    ['POST /none', EXPLORER],
    ['GET /safari', SAFARI],
    ['GET /', SAFARI],
  ] as const) {
    using client = await Client.open(nginx.port);
    await ask(client, line, fields);
  }
  using client = await Client.open(nginx.port);
  for (const line of ['GET /named', 'GET /second']) await ask(client, line);
  assert.equal(await client.ended(), 'end');
  const [kept, named, closed] = ['keep-alive', 'keep-alive timeout=19', 'close'];
  assert.deepEqual(told, [kept, closed, named, closed, closed, kept, kept, closed, kept, named, closed]);
});

test('a request that gets no answer ends its connection, with a reset where the location says so', async () => {
  const ends = async (path: string): Promise<string> => {
    using client = await Client.open(nginx.port);
    client.send(request(`GET ${path}`));
    // Awaited here: the connection ends with the function.
    return await client.ended();
  };
  assert.deepEqual([await ends('/drop'), await ends('/reset')], ['end', 'reset']);
});

test('the rest of a short body that nobody reads is waited for, and the next request is answered behind it', async () => {
  using client = await Client.open(nginx.port);
  client.send(`${request('POST /', 'Content-Length: 10\r\n')}four`);
  assert.deepEqual(await client.read().then(({ body, isKept }) => [body, isKept]), ['usual', true]);
  client.send(`tosend${request('GET /close')}`);
  assert.equal((await client.read()).body, 'close');
  using other = await Client.open(nginx.port);
  other.send(`${request('POST /', 'Content-Length: 100000\r\n')}four`);
  assert.equal((await other.read()).isKept, false, 'a long one is not');
});

test('the log tells how long a request was as it came, and whether it came behind another', async () => {
  using client = await Client.open(nginx.port);
  const requests = [
    request('GET /numbers'),
    'GET /numbers HTTP/1.1\nHost: a\n\n',
    `${request('POST /numbers', 'Content-Length: 5\r\n')}12345`,
  ];
  client.send(requests.join(''));
  for (const _ of requests) assert.equal((await client.read()).body, 'numbers');
  await nginx.server.logged(/numbers \d+ . 3/);
  const lengths = requests.map(({ length }) => length);
  assert.deepEqual(nginx.server.log.match(/numbers \d.*/g), [
    `numbers ${lengths[0]} . 1 200`,
    `numbers ${lengths[1]} p 2 200`,
    `numbers ${lengths[2]} p 3 200`,
  ]);
});
