// Datagrams of a stream are passed on, and their sessions end as those of nginx do: one server with an address for each.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { renderQuestion } from '../../src/protocol/dns/render-question.ts';
import type { DatagramBackend } from './datagram-server.ts';
import { answerDatagrams, DatagramPeer, findDatagramPort } from './datagram-server.ts';
import type { FakeNameServer } from './name-server.ts';
import { runNameServer } from './name-server.ts';
import type { NginxServer } from './nginx-server.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

let one: DatagramBackend;
let two: DatagramBackend;
let names: FakeNameServer;
let nginx: NginxServer;
const ports: Record<string, number> = {};

const SERVERS: Readonly<Record<string, string>> = {
  echo: 'proxy_pass one;',
  single: 'proxy_pass one; proxy_responses 1;',
  silent: 'proxy_pass one; proxy_responses 1; proxy_timeout 100ms;',
  brief: 'proxy_pass one; proxy_timeout 100ms;',
  renewed: 'proxy_pass one; proxy_requests 2; proxy_responses 1;',
  headed: 'proxy_pass one; proxy_protocol on; proxy_responses 1;',
  long: 'proxy_pass both; proxy_protocol on; proxy_responses 1;',
  bound: 'proxy_pass one; proxy_bind 127.0.0.3; proxy_responses 1;',
  failing: 'proxy_pass failing; proxy_responses 1;',
  returns: 'return "$protocol $remote_addr $server_addr $kind";',
  denied: 'deny 127.0.0.0/8; proxy_pass one;',
  counted: 'limit_conn zone 1; proxy_pass one;',
  changed: 'proxy_pass one;',
  everywhere: 'proxy_pass names; proxy_responses 1;',
};

/** Of a datagram of IPv4. */
const LONGEST_BYTES = 65_507;

function configuration(): string {
  const servers = Object.entries(SERVERS).map(
    ([name, text]) =>
      `server { listen ${name === 'everywhere' ? '*' : '127.0.0.1'}:${ports[name]} udp reuseport; set $kind ${name}; ${text} }`,
  );
  return `stream {
    log_format all '$kind|$protocol|$status|$bytes_received|$bytes_sent|$upstream_bytes_sent|$upstream_bytes_received|$upstream_addr';
    access_log stream.log all;
    limit_conn_zone $remote_addr zone=zone:32k;
    upstream one { server 127.0.0.1:${one.port}; }
    upstream both { server 127.0.0.1:${one.port}; server 127.0.0.1:${two.port}; }
    upstream names { server 127.0.0.1:${names.port}; }
    upstream failing { server 127.0.0.1:${ports['nobody']}; server 127.0.0.1:${one.port}; }
    ${servers.join('\n')} }`;
}

before(async () => {
  one = await answerDatagrams((text) => (text === 'silence' ? [] : [text]));
  names = await runNameServer({ 'a.test': { records: [{ type: 'A', value: '192.0.2.7' }] } });
  two = await answerDatagrams((text) => [`two ${text}`]);
  for (const name of [...Object.keys(SERVERS), 'nobody']) ports[name] = await findDatagramPort();
  nginx = await runNginx('', {}, { main: `error_log stderr info;\n${configuration()}` });
});

after(async () => {
  await nginx[Symbol.asyncDispose]();
  for (const each of [one, two, names]) await each[Symbol.asyncDispose]();
});

/** The lines of the access log about the sessions at this address. */
async function logged(kind: string, count = 1): Promise<string[]> {
  let lines: string[] = [];
  await until(`${count} sessions at ${kind} are logged`, () => {
    const text = readFileSync(join(nginx.server.folder, 'stream.log'), 'latin1');
    lines = text.split('\n').filter((line) => line.startsWith(`${kind}|`));
    return lines.length >= count;
  });
  return lines;
}

test('datagrams of one client are of one session, and come from one socket; an empty one is one', async () => {
  await using client = await DatagramPeer.of(ports['echo'] ?? 0);
  await using other = await DatagramPeer.of(ports['echo'] ?? 0);
  const from = one.heard.length;
  for (const text of ['a', '', 'b']) assert.equal(await client.ask(text), text);
  assert.equal(await other.ask('c'), 'c');
  const [a, empty, b, c] = one.heard.slice(from).map(({ port }) => port);
  assert.deepEqual([empty, b], [a, a]);
  assert.notEqual(c, a);
});

test('a session is over with as many responses as are awaited', async () => {
  await using client = await DatagramPeer.of(ports['single'] ?? 0);
  assert.equal(await client.ask('12345'), '12345');
  assert.deepEqual(await logged('single'), [`single|UDP|200|5|5|5|5|127.0.0.1:${one.port}`]);
  await nginx.server.logged(
    /udp done, packets from\/to client:1\/1, bytes from\/to client:5\/5, bytes from\/to upstream:5\/5/,
  );
  await nginx.server.logged(
    new RegExp(`udp client 127\\.0\\.0\\.1:${client.port} connected to 127\\.0\\.0\\.1:${ports['single']}`),
  );
});

test('a server that owes an answer for too long has failed; where none is owed, the session is well', async () => {
  await using client = await DatagramPeer.of(ports['silent'] ?? 0);
  client.send('silence');
  assert.deepEqual(await logged('silent'), [`silent|UDP|502|7|0|7|0|127.0.0.1:${one.port}`]);
  await nginx.server.logged(
    /upstream timed out \(110: Connection timed out\) while proxying connection, udp client: 127/,
  );
  await using brief = await DatagramPeer.of(ports['brief'] ?? 0);
  brief.send('silence');
  assert.deepEqual(await logged('brief'), [`brief|UDP|200|7|0|7|0|127.0.0.1:${one.port}`]);
});

test('after so many datagrams the next begins another session', async () => {
  await using client = await DatagramPeer.of(ports['renewed'] ?? 0);
  const from = one.heard.length;
  for (const text of ['1', '2', '3']) await client.ask(text);
  const [first, second, third] = one.heard.slice(from).map(({ port }) => port);
  assert.equal(second, first);
  assert.notEqual(third, first);
});

test('a server that nobody listens at has failed, and the next session goes to another', async () => {
  await using client = await DatagramPeer.of(ports['failing'] ?? 0);
  client.send('1');
  const [line] = await logged('failing');
  assert.equal(line, `failing|UDP|502|1|0|1|0|127.0.0.1:${ports['nobody']}`);
  await nginx.server.logged(
    /(?:recv|send)\(\) failed \(111: Connection refused\) while proxying and .* upstream, udp client/,
  );
  for (const text of ['2', '3']) assert.equal(await client.ask(text), text);
});

test('a datagram that is too long with the header before it takes no server from others', async () => {
  await using client = await DatagramPeer.of(ports['long'] ?? 0);
  const from = nginx.server.log.length;
  client.send(Buffer.alloc(LONGEST_BYTES));
  assert.match((await logged('long'))[0] ?? '', /^long\|UDP\|502\|65507\|0\|0\|0\|/);
  await nginx.server.logged(/send\(\) failed \(90: Message too long\)/, undefined, from);
  assert.doesNotMatch(nginx.server.log.slice(from), /temporarily disabled/);
});

test('rules are those of connections: a text, who may come, how many, from which address, and who is told of the client', async () => {
  await using asking = await DatagramPeer.of(ports['returns'] ?? 0);
  for (const text of ['x', 'y']) assert.equal(await asking.ask(text), 'UDP 127.0.0.1 127.0.0.1 returns');
  await using denied = await DatagramPeer.of(ports['denied'] ?? 0);
  denied.send('1234');
  assert.deepEqual(await logged('denied'), ['denied|UDP|403|4|0|-|-|-']);
  await nginx.server.logged(/access forbidden by rule while initializing session, udp client: 127\.0\.0\.1, server/);
  await using first = await DatagramPeer.of(ports['counted'] ?? 0);
  await using second = await DatagramPeer.of(ports['counted'] ?? 0);
  assert.equal(await first.ask('1'), '1');
  second.send('2');
  assert.deepEqual(await logged('counted'), ['counted|UDP|503|1|0|-|-|-']);
  assert.equal(await first.ask('3'), '3');
  await using headed = await DatagramPeer.of(ports['headed'] ?? 0);
  assert.equal(await headed.ask('!'), `PROXY TCP4 127.0.0.1 127.0.0.1 ${headed.port} ${ports['headed']}\r\n!`);
  await using bound = await DatagramPeer.of(ports['bound'] ?? 0);
  assert.equal(await bound.ask('from .3'), 'from .3');
});

test('a session outlives a reload in the plan that it began in, and ends with its address', async () => {
  await using client = await DatagramPeer.of(ports['changed'] ?? 0);
  assert.equal(await client.ask('1'), '1');
  const path = join(nginx.server.folder, 'nginx.conf');
  const text = readFileSync(path, 'latin1');
  const reload = async (next: string): Promise<void> => {
    const from = nginx.server.log.length;
    writeFileSync(path, next);
    nginx.server.signal('SIGHUP');
    await nginx.server.logged(/reconfigured|new configuration/, undefined, from);
  };
  await reload(
    text.replace('set $kind changed; proxy_pass one;', `set $kind changed; proxy_pass 127.0.0.1:${two.port};`),
  );
  await using other = await DatagramPeer.of(ports['changed'] ?? 0);
  assert.equal(await other.ask('2'), 'two 2');
  assert.equal(await client.ask('3'), '3');
  const port = await findDatagramPort();
  await reload(text.replaceAll(`:${ports['changed']} `, `:${port} `));
  assert.equal((await logged('changed', 2)).length, 2);
  await nginx.server.logged(/disconnected on shutdown/);
  await using fresh = await DatagramPeer.of(port);
  assert.equal(await fresh.ask('4'), '4');
});

test('a name server behind a wildcard address is answered from the address that was asked', async () => {
  for (const host of ['127.0.0.1', '127.0.0.2']) {
    await using client = await DatagramPeer.of(ports['everywhere'] ?? 0, host);
    const answer = await client.ask(renderQuestion(7, 'a.test', 'A') ?? '');
    assert.ok(answer.endsWith('\xc0\x00\x02\x07'));
  }
  assert.deepEqual(names.asked, ['a.test', 'a.test']);
});
