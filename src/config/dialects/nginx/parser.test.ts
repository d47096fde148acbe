import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, inHttp, readText } from './fake-files.ts';

function hints(text: string): (string | undefined)[] {
  return readText(text)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ hint }) => hint);
}

test('a directive that is not known is told with the nearest one', () => {
  assert.deepEqual(errorsOf('events {}\nhttp { gzzip on; }'), ['2:8 unknown directive "gzzip"']);
  assert.deepEqual(hints('events {}\nhttp { gzzip on; Gzip on; xyzzyplugh on; }'), [
    'Did you mean "gzip"?',
    'Did you mean "gzip"?',
    undefined,
  ]);
  assert.match(hints('\ufeffevents {}')[0] ?? '', /byte order mark/);
});

test('what is in a block that is not known is not looked at', () => {
  assert.deepEqual(errorsOf('events {} foo { bar { x 1; } y; }'), ['1:11 unknown directive "foo"']);
});

test('a directive in the wrong block is told with those in which it may be', () => {
  assert.deepEqual(errorsOf('events {} http { listen 80; }'), ['1:18 "listen" directive is not allowed here']);
  assert.deepEqual(hints('events {} http { proxy_pass http://x; }'), [
    'It may be in "location", "if" in a location, "limit_except" or "server" in "stream".',
  ]);
});

test('what is in a misplaced block is looked at as if it were where it belongs', () => {
  assert.deepEqual(errorsOf('events {} server { gzip onn; listn 80; }'), [
    '1:11 "server" directive is not allowed here',
    '1:25 invalid value "onn" in "gzip" directive, it must be "on" or "off"',
    '1:30 unknown directive "listn"',
  ]);
});

test('the number of arguments is that of the table', () => {
  assert.deepEqual(inHttp('root; server { root a b; internal; location { } }'), [
    '1:18 invalid number of arguments in "root" directive',
    '1:40 invalid number of arguments in "root" directive',
    '1:43 "internal" directive is not allowed here',
    '1:53 invalid number of arguments in "location" directive',
  ]);
  assert.deepEqual(hints('events {} http { root; gzip_buffers 4; server_tokens on off; }'), [
    '"root" takes 1 argument: root text',
    '"gzip_buffers" takes 2 arguments: gzip_buffers count bytes',
    '"server_tokens" takes 1 argument: server_tokens off|on|build',
  ]);
});

test('a semicolon that is missing is told where it is missing, and the next directive is read', () => {
  assert.deepEqual(errorsOf('events {}\nhttp {\n  root /a\n  gzip onn;\n}'), [
    '3:10 invalid number of arguments in "root" directive',
    '4:8 invalid value "onn" in "gzip" directive, it must be "on" or "off"',
  ]);
  assert.deepEqual(errorsOf('events {}\nhttp {\n  server {\n    root /a\n    location / { }\n  }\n}'), [
    '4:12 directive "root" is not terminated by ";"',
  ]);
  assert.deepEqual(errorsOf('events { worker_connections 9 }'), ['1:30 unexpected "}"']);
  assert.deepEqual(errorsOf('events {} pid x.pid'), ['1:20 unexpected end of file, expecting ";" or "}"']);
  assert.deepEqual(errorsOf('events {} http { root /a gzip on; }'), [
    '1:25 invalid number of arguments in "root" directive',
  ]);
});

test('a semicolon that nginx does not miss is warned of', () => {
  const { diagnostics } = readText('events {}\nhttp {\n  server {\n    server_name a\n    root b;\n  }\n}');
  const suspicious = diagnostics.filter(({ code }) => code === 'nginx.suspicious');
  assert.deepEqual(
    suspicious.map(({ place, severity, message }) => [place.kind === 'file' && place.line, severity, message]),
    [[4, 'warning', '"root" is an argument of "server_name"']],
  );
});

test('a brace that is missing is told where it is missing, and the block is read', () => {
  assert.deepEqual(errorsOf('events {}\nhttp {\n  server\n    listen 80;\n    gzip x;\n  }\n}'), [
    '3:9 directive "server" has no opening "{"',
    '5:10 invalid value "x" in "gzip" directive, it must be "on" or "off"',
  ]);
  assert.deepEqual(errorsOf('events {}\nhttp {\n  server\n    location / {\n    }\n  }\n}'), [
    '3:9 invalid number of arguments in "server" directive',
  ]);
  assert.deepEqual(errorsOf('events {} http { server; }'), ['1:24 directive "server" has no opening "{"']);
});

test('a block that is not closed is told where it should have ended, once', () => {
  const text = 'events {}\nhttp {\n  server {\n    location / {\n      root /a;\n  }\n  server {\n  }\n}\n';
  assert.deepEqual(errorsOf(text), ['6:5 unexpected end of file, expecting "}"']);
  assert.deepEqual(hints(text), ['The block "location" of line 4 is not closed.']);
  assert.deepEqual(errorsOf('events {} http { server {} '), ['1:26 unexpected end of file, expecting "}"']);
});

test('a brace too many is told, and what it moves out of its block is told once', () => {
  assert.deepEqual(errorsOf('events {} }'), ['1:11 unexpected "}"']);
  const text = 'events {}\nhttp {\n server {\n  listen 80;\n }\n location /a {}\n location /b {}\n }\n}\n';
  assert.deepEqual(
    errorsOf(text),
    ['6:2 "location" directive is not allowed here', '9:1 unexpected "}"'],
    'what is moved out of its block is told in the words and at the line of nginx',
  );
  const deeper = text.replaceAll('\n location', '\n  location');
  assert.deepEqual(
    errorsOf(deeper),
    ['5:2 unexpected "}"', '6:3 "location" directive is not allowed here'],
    'the block before was closed too early',
  );
  const flat = text.replaceAll(/^ +/gm, '');
  assert.deepEqual(errorsOf(flat), ['6:1 "location" directive is not allowed here', '9:1 unexpected "}"']);
  assert.deepEqual(errorsOf('events {}\nhttp {\n  server {\n    listen 80;\n  } }\n  server {\n  }\n}\n'), [
    '5:5 unexpected "}"',
  ]);
});

test('a block that is not closed is told by the column of what follows it', () => {
  const text = 'events {}\nhttp {\n  server {\n    location /a {\n      etag on;\n\n    location /b {\n    }\n  }\n}\n';
  assert.deepEqual(errorsOf(text), ['6:5 unexpected end of file, expecting "}"']);
  assert.deepEqual(errorsOf('events {\n\nhttp {\n}\n'), ['2:1 unexpected end of file, expecting "}"']);
});

test('marks that stand alone are told', () => {
  assert.deepEqual(errorsOf(';events {} { }'), ['1:1 unexpected ";"', '1:12 unexpected "{"']);
});

test('a directive without a block is told when it has one', () => {
  assert.deepEqual(errorsOf('events {} http { gzip { x; } root {'), [
    '1:18 directive "gzip" is not terminated by ";"',
    '1:30 directive "root" is not terminated by ";"',
    '1:35 unexpected end of file, expecting "}"',
  ]);
});

test('entries end with a semicolon', () => {
  assert.deepEqual(inHttp('types { text/html { a; } image/gif gif; }'), ['1:26 unexpected "{"']);
});

test('blocks may be nested as deep as anybody writes', () => {
  const deep = 'location / {'.repeat(200);
  const errors = errorsOf(`events {} http { server { ${deep}${'}'.repeat(202)}`);
  assert.match(errors.join('\n'), /blocks are nested more than 100 deep/);
});

test('-g takes directives without blocks', () => {
  assert.deepEqual(errorsOf('events {}', {}, { globals: 'pid /x; http {} daemon on' }), [
    '-g block directives are not supported in -g option',
    '-g unexpected end of parameter, expecting ";"',
  ]);
});
