import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp, readText } from './fake-files.ts';

test('a bad value is told in the words of nginx, at its column', () => {
  assert.deepEqual(inHttp('gzip maybe; gzip_comp_level 10; gzip_types; satisfy some;'), [
    '1:23 invalid value "maybe" in "gzip" directive, it must be "on" or "off"',
    '1:46 value must be between 1 and 9',
    '1:50 invalid number of arguments in "gzip_types" directive',
    '1:70 invalid value "some"',
  ]);
  assert.deepEqual(inHttp('client_max_body_size 10mb; send_timeout 5x; limit_conn_status 200; gzip_buffers 0 8k;'), [
    '1:39 "client_max_body_size" directive invalid value',
    '1:58 "send_timeout" directive invalid value',
    '1:80 value must be between 400 and 599',
    '1:98 "gzip_buffers" directive invalid value',
  ]);
  assert.deepEqual(inHttp('variables_hash_max_size 1k; proxy_next_upstream error http_999;'), [
    '1:42 "variables_hash_max_size" directive invalid number',
    '1:72 invalid value "http_999"',
  ]);
});

test('values are read without regard to case where nginx does so', () => {
  assert.deepEqual(inHttp('gzip ON; satisfy ANY; server { if_modified_since Before; }'), []);
});

test('what may be said once is told when it is said again, in the same block only', () => {
  assert.deepEqual(inHttp('gzip on; gzip on; add_header A b; add_header A b; server { gzip off; }'), [
    '1:27 "gzip" directive is duplicate',
  ]);
});

test('a variable has to be defined, somewhere', () => {
  assert.deepEqual(
    inHttp(
      'log_format a "$upstream_status $upstream_http_x $ssl_cipher $ssl_client_s_dn"; server { set $upstream_prot 1; return 200 $upstream_port$ssl_ciper; }',
    ),
    ['1:139 unknown "upstream_port" variable', '1:153 unknown "ssl_ciper" variable'],
  );
  assert.deepEqual(
    inHttp('server { set $a b; return 200 "$a $b ${host} $arg_x $http_y $1 $late"; } map $uri $late { a b; }'),
    ['1:52 unknown "b" variable'],
  );
  assert.deepEqual(inHttp('server { server_name ~^(?<sub>.+)$; location ~ (?P<tail>x) { root /$sub/$tail/$gone; } }'), [
    '1:96 unknown "gone" variable',
  ]);
  assert.deepEqual(inHttp('server { return 200 "a $"; } server { return 200 "${host"; }'), [
    '1:41 invalid variable name',
    '1:68 the closing bracket in "host" variable is missing',
  ]);
  assert.deepEqual(inHttp('server { set x 1; set $uri 2; set $args 3; }'), [
    '1:31 invalid variable name "x"',
    '1:40 the duplicate "uri" variable',
  ]);
  assert.deepEqual(inHttp('geo $remote_addr $area { default 1; } geo $nothing $other { default 1; }'), [
    '1:60 unknown "nothing" variable',
  ]);
});

test('what has no meaning here is told once for a block, by its consequence', () => {
  const told = (text: string) =>
    readText(text).diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`);
  assert.deepEqual(told('events { use epoll; } mail { server { listen 1; } } stream {}'), [
    'info nginx.accepted "use" directive has no effect here',
    'warning nginx.later "mail" directive has no effect yet',
  ]);
  assert.deepEqual(told('events {} http { server { location / { content_by_lua_file x; } } }').slice(-1), [
    'error nginx.refused "content_by_lua_file" directive is not supported',
  ]);
});

test('notices take no place from errors', () => {
  const sites = 'server { sendfile on;\n }'.repeat(1500);
  const { diagnostics } = readText(`events {} http { ${sites} gzip maybe; }`);
  assert.equal(diagnostics.filter(({ severity }) => severity === 'info').length, 1000);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code),
    ['nginx.invalid-value'],
  );
});

test('a regex has to be one', () => {
  assert.deepEqual(inHttp('server { rewrite "a)" /b; }'), [
    '1:35 pcre2_compile() failed: unmatched closing parenthesis in "a)" at ")"',
  ]);
});

test('entries of map and geo are looked at', () => {
  assert.deepEqual(inHttp('map $uri $a { a; b c; b d; default 1; default 2; ~( x; hostnames; }'), [
    '1:32 invalid number of the map parameters',
    '1:40 conflicting parameter "b"',
    '1:56 duplicate default map parameter',
    '1:67 pcre2_compile() failed: missing closing parenthesis in "("',
  ]);
  assert.deepEqual(inHttp('geo $g { default a; 10.0.0.0/8 b; 10.0.0.0/33 c; ::1 d; x e; 1.2.3.4; }'), [
    '1:52 invalid network "10.0.0.0/33"',
    '1:74 invalid network "x"',
    '1:79 invalid number of the geo parameters',
  ]);
});

test('a file with ten mistakes has ten errors, in their order', () => {
  const lines = [
    'events { worker_connections 100 }',
    'http {',
    '  gzzip on;',
    '  gzip maybe;',
    '  server {',
    '    root /srv/x',
    '    autoindex off;',
    '    keepalive_timeout 1x;',
    '    client_max_body_size 1t;',
    '    worker_processes 1;',
    '    location / { try_files $uri; }',
    '    return 200 "$nothing";',
    '    etag on; etag off;',
    '    if ($uri == x) { break; }',
    '  }',
    '}',
  ];
  const places = readText(lines.join('\n'))
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ place }) => place.kind === 'file' && place.line);
  assert.deepEqual(places, [1, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14]);
});
