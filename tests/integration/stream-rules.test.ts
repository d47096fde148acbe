// What the rules of a stream do with its connections: one server with an address for each.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect as connectSecurely } from 'node:tls';
import { findPort } from './free-port.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import type { Backend } from './stream-server.ts';
import { dial, listenTo, readToEnd } from './stream-server.ts';
import { until } from './waiting.ts';

/** Each says its name and then what it gets. */
let [one, two]: Backend[] = [];
let nginx: NginxServer;
const ports: Record<string, number> = {};

const SERVERS: Readonly<Record<string, string>> = {
  returns: 'return "$remote_addr $protocol $server_port $kind";',
  mapped: 'proxy_pass $backend;',
  preread: 'ssl_preread on; proxy_pass $by_name;',
  full: 'ssl_preread on; preread_buffer_size 64; proxy_pass one;',
  counted: 'limit_conn zone 1; proxy_pass one;',
  balanced: 'proxy_pass both;',
  dead: 'proxy_pass dead;',
  once: 'proxy_next_upstream off; proxy_pass dead_all;',
  headed: 'proxy_protocol on; proxy_pass one;',
  slow: 'proxy_upload_rate 100; proxy_pass one;',
  trusted:
    'set_real_ip_from 127.0.0.1; deny 192.0.2.9; return "$remote_addr:$remote_port $realip_remote_addr $proxy_protocol_server_port";',
};
/** Whose connections begin with the header of the PROXY protocol. */
const HEADED = new Set(['trusted']);

function backend(name: string): Promise<Backend> {
  return listenTo((socket: Socket) => {
    socket.write(`${name}:`);
    socket.pipe(socket);
  });
}

before(async () => {
  [one, two] = [await backend('one'), await backend('two')];
  const nobody = await findPort();
  for (const name of Object.keys(SERVERS)) ports[name] = await findPort();
  const servers = Object.entries(SERVERS).map(
    ([name, text]) =>
      `server { listen 127.0.0.1:${ports[name]}${HEADED.has(name) ? ' proxy_protocol' : ''}; set $kind ${name}; ${text} }`,
  );
  const stream = `stream {
    log_format all '$kind|$status|$upstream_addr|$bytes_received|$bytes_sent|$upstream_bytes_sent|$ssl_preread_server_name|$limit_conn_status';
    access_log stream.log all;
    limit_conn_zone $remote_addr zone=zone:32k;
    map $server_port $backend { default 127.0.0.1:${two?.port}; }
    map $ssl_preread_server_name $by_name { one.test one; default both; }
    upstream one { server 127.0.0.1:${one?.port}; }
    upstream both { server 127.0.0.1:${one?.port}; server 127.0.0.1:${two?.port}; }
    upstream dead { server 127.0.0.1:${nobody}; server 127.0.0.1:${two?.port}; }
    upstream dead_all { server 127.0.0.1:${nobody}; server 127.0.0.1:${nobody} backup; }
    ${servers.join('\n')} }`;
  nginx = await runNginx('', {}, { main: `error_log stderr info;\n${stream}` });
});

after(async () => {
  await nginx[Symbol.asyncDispose]();
  await one?.[Symbol.asyncDispose]();
  await two?.[Symbol.asyncDispose]();
});

function portOf(name: string): number {
  return ports[name] ?? 0;
}

/** What comes back until so many bytes are there. */
async function say(name: string, text: string | Buffer, bytes: number): Promise<string> {
  const socket = await dial(portOf(name));
  let got = '';
  const enough = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    got += chunk.latin1Slice();
    if (got.length >= bytes) enough.resolve();
  });
  socket.write(text);
  await enough.promise;
  socket.end();
  await once(socket, 'close');
  return got;
}

/** Lines of the access log about one of the servers. */
async function logged(name: string, count = 1): Promise<string[]> {
  const read = (): string[] => {
    const lines = readFileSync(join(nginx.server.folder, 'stream.log'), 'utf8').split('\n');
    return lines.filter((line) => line.startsWith(`${name}|`));
  };
  await until(`${name} is logged`, () => read().length >= count);
  return read();
}

test('a text is returned, with variables, and the line of the log counts its bytes', async () => {
  const { bytes } = await readToEnd(await dial(portOf('returns')));
  assert.equal(String(bytes), `127.0.0.1 TCP ${ports['returns']} returns`);
  assert.deepEqual(await logged('returns'), [`returns|200|-|0|${bytes.length}|-|-|-`]);
});

test('a variable names the server', async () => {
  assert.equal(await say('mapped', 'x', 5), 'two:x');
  assert.deepEqual(await logged('mapped'), [`mapped|200|127.0.0.1:${two?.port}|1|5|1|-|-`]);
});

test('the name that a TLS client asks for decides about the server, which gets all of the handshake', async () => {
  const client = connectSecurely({ port: portOf('preread'), host: '127.0.0.1', servername: 'one.test' });
  client.on('error', () => undefined);
  const before = one?.sockets.length ?? 0;
  await new Promise((resolve) => client.once('close', resolve));
  assert.equal(one?.sockets.length, before + 1);
  const [line = ''] = await logged('preread');
  assert.match(line, /^preread\|200\|.*\|(\d+)\|\d+\|\1\|one\.test\|-$/);
  // What is no handshake has no name.
  assert.match(await say('preread', 'SSH-2.0-x\r\n', 15), /^(one|two):SSH-2\.0-x/);
});

test('a beginning that says too little for too long is refused', async () => {
  const client = await dial(portOf('full'));
  client.write(Buffer.concat([Buffer.from([22, 3, 1, 2, 0]), Buffer.alloc(100, 1)]));
  await readToEnd(client);
  assert.match((await logged('full'))[0] ?? '', /^full\|400\|-\|/);
  await nginx.server.logged(/preread buffer full while prereading client data, client: 127\.0\.0\.1/);
});

test('no more connections of one client are passed on than may be', async () => {
  const first = await dial(portOf('counted'));
  await once(first, 'data');
  assert.equal((await readToEnd(await dial(portOf('counted')))).bytes.length, 0);
  first.destroy();
  const [rejected, passed] = await logged('counted', 2);
  assert.match(String(rejected), /^counted\|503\|-\|.*REJECTED$/);
  assert.match(String(passed), /^counted\|200\|.*PASSED$/);
});

test('servers of an upstream take turns', async () => {
  const said = [await say('balanced', 'x', 5), await say('balanced', 'x', 5)];
  assert.deepEqual(said.toSorted(), ['one:x', 'two:x']);
});

test('where a server cannot be reached the next one is asked, unless that is not wanted', async () => {
  for (let count = 0; count < 2; count += 1) {
    assert.equal(await say('dead', 'x', 5), 'two:x');
  }
  assert.equal((await readToEnd(await dial(portOf('once')))).bytes.length, 0);
  assert.match((await logged('dead', 2)).join(' '), /\|127\.0\.0\.1:\d+, 127\.0\.0\.1:\d+\|1\|5\|0, 1\|/);
  assert.match((await logged('once'))[0] ?? '', /^once\|502\|127\.0\.0\.1:\d+\|/);
});

test('a server is told by the PROXY protocol who the client is', async () => {
  const said = await say('headed', 'x', 40);
  assert.match(said, new RegExp(`^one:PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${portOf('headed')}\r\n`));
});

test('a client is read no faster than the rate', async () => {
  const beganMs = performance.now();
  assert.equal(await say('slow', 'x'.repeat(150), 154), `one:${'x'.repeat(150)}`);
  assert.ok(performance.now() - beganMs > 900, 'the second half waits for the second second');
});

test('a trusted peer says by the PROXY protocol who its client is, and by that it is decided', async () => {
  const answer = async (...pieces: readonly string[]): Promise<string> => {
    const socket = await dial(portOf('trusted'));
    const end = readToEnd(socket);
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return String((await end).bytes);
  };
  assert.equal(await answer('PROXY TCP4 192.0.2.1 198.51.', '100.2 1234 443\r\n'), '192.0.2.1:1234 127.0.0.1 443');
  assert.equal(await answer('PROXY TCP4 192.0.2.9 198.51.100.2 1234 443\r\n'), '');
  assert.equal(await answer('GET / HTTP/1.0\r\n\r\n'), '');
  // What is no header is refused before `set` gives the session its name.
  const lines = [...(await logged('trusted', 2)), ...(await logged('-'))];
  assert.deepEqual(
    lines.map((line) => line.split('|')[1]),
    ['200', '403', '400'],
  );
  await nginx.server.logged(/broken header: "GET \/ HTTP\/1\.0\\x0D\\x0A.*" while reading PROXY protocol, client/);
});
