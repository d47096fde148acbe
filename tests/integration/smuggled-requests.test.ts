// No request is seen as two by a server behind, and none is seen that this one has not: each that arrives has the number that it got here, once, and what was said of it.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { attacksOn, HIDDEN, mutate } from '../conformance/smuggling/attacks.ts';
import type { Passed, Seen } from '../conformance/smuggling/judge.ts';
import { judge, mixedAnswers } from '../conformance/smuggling/judge.ts';
import { isWhole, runBackend } from './backend.ts';
import { runNginx } from './nginx-server.ts';
import { until } from './waiting.ts';

const SEED = 20_261_201;
const RANDOM_COUNT = 150;
/** Streams of one in so many: they take the same way but for the body. */
const STREAMED_STEP = 3;
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
/** More at a time than the server accepts at once would be attacks on its backlog. */
const CLIENTS = 400;

/** Sends it, and waits for the end: behind the last request, when that was waited for as a part of a body, or by a reset because of what was not read. */
function attack(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1');
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => socket.destroy()).on('close', () => resolve(answer));
    socket.write(bytes + HIDDEN + LAST, 'latin1');
  });
}

/** What a strict reader takes it for. */
function readRequest(request: string): Seen {
  const end = request.indexOf('\r\n\r\n');
  const [line = '', ...fields] = request.slice(0, end).split('\r\n');
  const [method = '', target = '', version] = line.split(' ');
  assert.equal(version, 'HTTP/1.1', request);
  const environ: Record<string, string> = {};
  for (const field of fields) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([^\r\n\0]*)$/.exec(field) ?? [];
    assert.notEqual(name, '', request);
    const key = name.toUpperCase().replaceAll(/[-.]/g, '_');
    const variable = key === 'CONTENT_LENGTH' ? key : `HTTP_${key}`;
    environ[variable] = variable in environ ? `${environ[variable]}, ${value}` : value;
  }
  const body = request.slice(end + 4);
  if (environ['HTTP_TRANSFER_ENCODING'] !== 'chunked') {
    assert.equal(body.length, Number(environ['CONTENT_LENGTH'] ?? 0), request);
    return { by: 'a strict reader', method, target, body, environ };
  }
  const [, chunks = ''] = /^((?:[0-9a-f]+\r\n.*?\r\n)*?)0\r\n\r\n$/s.exec(body) ?? assert.fail(request);
  return { by: 'a strict reader', method, target, body: chunks === '' ? '' : undefined, environ };
}

test('whatever a client sends, servers behind see the requests that were seen here, and no others', async () => {
  await using backend = await runBackend((request) => {
    const [, id = ''] = /\r\nX-Id: (\w+)\r\n/.exec(request) ?? [];
    return isWhole(request) ? `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Echo: ${id}\r\n\r\nok` : undefined;
  });
  const pass = 'proxy_pass http://app;';
  await using nginx = await runNginx(
    `client_header_timeout 1s; client_body_timeout 1s; access_log access.log passed; add_header X-Rid $request_id always;
     proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-Id $request_id; proxy_set_header X-Line "$request_method $request_uri"; proxy_set_header X-Real-IP $remote_addr;
     location / { ${pass} }
     location /streamed { proxy_request_buffering off; ${pass} }
     location /dropped { proxy_pass_request_body off; ${pass} }
     location /refused { return 404; }`,
    {},
    {
      http: `log_format passed escape=json '{"id":"$request_id","method":"$request_method","target":"$request_uri","body":"$request_body","status":"$status"}';
             upstream app { server 127.0.0.1:${backend.port} max_fails=0; keepalive 2; }`,
    },
  );
  const written = attacksOn('/a/');
  const attacks = [
    ...written,
    ...mutate(written, RANDOM_COUNT, SEED),
    ...attacksOn('/streamed/').filter((_, index) => index % STREAMED_STEP === 0),
    ...['/dropped/', '/refused/'].flatMap((path) => attacksOn(path).filter((bytes) => bytes.includes(HIDDEN))),
  ];
  const waiting = attacks.values();
  const next = async (): Promise<void> => {
    for (const bytes of waiting) assert.deepEqual(mixedAnswers(await attack(nginx.port, bytes)), [], bytes);
  };
  await Promise.all(Array.from({ length: CLIENTS }, next));
  const readLog = (): string[] => readFileSync(join(nginx.server.folder, 'access.log'), 'latin1').trimEnd().split('\n');
  const seen = backend.requests.map(readRequest);
  await until('the requests that arrived are in the log', () => readLog().length >= seen.length);
  const isPart = ({ target = '' }: Seen): boolean => target.startsWith('/streamed') || target.startsWith('/dropped');
  const judged = seen.map((one) => (isPart(one) ? { ...one, body: undefined } : one));
  assert.deepEqual(
    judge(
      readLog().map((line) => JSON.parse(line) as Passed),
      judged,
    ),
    [],
  );
  assert.ok(seen.length > attacks.length / 2, `only ${seen.length} of ${attacks.length} arrived`);
  assert.doesNotMatch(nginx.server.log, /internal error|exited with code/);
});
