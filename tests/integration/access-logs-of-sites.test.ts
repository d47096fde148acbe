// Access logs of nginx's files: which requests they have, in which words, where, and what a rotation does with them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { findPort } from './free-port.ts';
import { makeFolder, PORTICO, Server, START_MS } from './server.ts';
import { until } from './waiting.ts';

function configuration(folder: string, port: number, syslogPort: number): string {
  return `daemon off; pid ${folder}/nginx.pid; error_log stderr notice; events {}
http {
  log_format short '$uri|$args|$http_x|$status|$body_bytes_sent|$request';
  log_format json escape=json '{"x":"$http_x","status":$status}';
  log_format raw escape=none '$http_x';
  map $arg_quiet $loud { default 1; yes 0; }
  access_log ${folder}/main.log short;
  server {
    listen 127.0.0.1:${port}; server_name site; root ${folder}/www;
    location /two { access_log ${folder}/two.log short if=$loud; access_log ${folder}/two.json json; access_log ${folder}/two.raw raw; return 200 two; }
    location /off { access_log off; return 200 off; }
    location /gone { return 444; }
    location /gzip { access_log ${folder}/gzip.gz short gzip flush=50ms; return 200 x; }
    location /buffer { access_log ${folder}/buffer.log short buffer=64k; return 200 x; }
    location /named { access_log ${folder}/named-$arg_name.log short; return 200 x; }
    location /syslog { access_log syslog:server=127.0.0.1:${syslogPort},tag=site,facility=local3,severity=notice short; return 200 x; }
  }
}`;
}

async function ask(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1').on('data', (data: string) => {
    answer += data;
  });
  socket.write(Buffer.from(text, 'latin1'));
  await once(socket, 'close');
  return answer;
}

const get = (port: number, path: string, fields = '', method = 'GET'): Promise<string> =>
  ask(port, `${method} ${path} HTTP/1.1\r\nHost: site\r\nConnection: close\r\n${fields}\r\n`);

test('requests are in the logs of their location, escaped, and everywhere that nginx can write them', async () => {
  const folder = makeFolder();
  // Started by root, the server becomes nobody.
  chmodSync(folder, 0o777);
  mkdirSync(join(folder, 'www'));
  writeFileSync(join(folder, 'www/a.txt'), 'hello');
  const port = await findPort();
  const syslog = createSocket('udp4').unref();
  syslog.bind(0, '127.0.0.1');
  await once(syslog, 'listening');
  const datagrams: string[] = [];
  syslog.on('message', (bytes) => datagrams.push(bytes.latin1Slice()));
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, syslog.address().port));
  const child = spawn(PORTICO, ['nginx', '-p', folder, '-c', 'nginx.conf'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await using server = new Server(child, folder);
  await server.logged(/start worker processes/, START_MS);
  const read = (name: string): string => {
    try {
      return readFileSync(join(folder, name), 'latin1');
    } catch {
      return '';
    }
  };
  const has = async (name: string, text: string): Promise<void> => {
    await until(`${name} has its lines`, () => read(name).length >= text.length);
    assert.equal(read(name), text);
  };

  await get(port, '/a.txt?q="', 'X: a"\\\t\xe9\r\n');
  await get(port, '/a.txt', '', 'HEAD');
  await get(port, '/gone');
  await ask(port, 'NONSENSE\r\n\r\n');
  await until('what is no request is logged too', () => read('main.log').includes('NONSENSE'));
  assert.match(
    read('main.log'),
    new RegExp(
      [
        String.raw`^/a\.txt\|q=\\x22\|a\\x22\\x5C\\x09\\xE9\|200\|5\|GET /a\.txt\?q=\\x22 HTTP/1\.1`,
        String.raw`/a\.txt\|-\|-\|200\|0\|HEAD /a\.txt HTTP/1\.1`,
        String.raw`/gone\|-\|-\|444\|0\|GET /gone HTTP/1\.1`,
        String.raw`\S*\|400\|\d+\|NONSENSE`,
        '$',
      ].join('\n'),
    ),
  );

  await get(port, '/two', 'X: "\r\n');
  await get(port, '/two?quiet=yes');
  await get(port, '/off');
  await has('two.log', '/two|-|\\x22|200|3|GET /two HTTP/1.1\n');
  await has('two.json', '{"x":"\\"","status":200}\n{"x":"","status":200}\n');
  await has('two.raw', '"\n\n');
  assert.ok(!read('main.log').includes('/two') && !read('main.log').includes('/off'));

  await get(port, '/gzip');
  await until('the time of the buffer is over', () => read('gzip.gz') !== '');
  assert.equal(gunzipSync(readFileSync(join(folder, 'gzip.gz'))).latin1Slice(), '/gzip|-|-|200|1|GET /gzip HTTP/1.1\n');
  await get(port, '/syslog');
  await until('the datagram is there', () => datagrams.length > 0);
  assert.match(
    datagrams[0] ?? '',
    /^<157>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ site: \/syslog\|-\|-\|200\|1\|GET \/syslog HTTP\/1\.1$/,
  );

  await get(port, '/named?name=one');
  await get(port, '/named?name=/../../evil');
  await has('named-one.log', '/named|name=one|-|200|1|GET /named?name=one HTTP/1.1\n');
  assert.ok(!readdirSync(folder).some((name) => name.includes('evil')));

  await get(port, '/buffer');
  assert.equal(read('buffer.log'), '', 'the buffer is not full');
  renameSync(join(folder, 'buffer.log'), join(folder, 'buffer.old'));
  server.signal('SIGUSR1');
  await has('buffer.old', '/buffer|-|-|200|1|GET /buffer HTTP/1.1\n');
  await get(port, '/buffer');
  server.signal('SIGTERM');
  await server.exit;
  await has('buffer.log', '/buffer|-|-|200|1|GET /buffer HTTP/1.1\n');
  syslog.close();
});
