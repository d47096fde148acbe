import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, inHttp, readText } from '../fake-files.ts';

function inLocation(text: string, location = '/'): string[] {
  return inHttp(`upstream app { server a; } server { location ${location} { ${text} } }`).map((error) =>
    error.replace(/^\d+:\d+ /, ''),
  );
}

test('requests are passed on to hosts, upstreams and sockets', () => {
  for (const text of [
    ...[
      'proxy_pass http://127.0.0.1:8000/x',
      'proxy_pass https://[::1]/',
      'proxy_pass HTTP://app/a',
      'proxy_pass $uri',
    ],
    ...['proxy_pass http://unix:/run/a.sock:/x', 'fastcgi_pass unix:/run/php.sock', 'fastcgi_pass app'],
    ...[
      'uwsgi_pass uwsgi://127.0.0.1:1',
      'uwsgi_pass suwsgi://app',
      'grpc_pass grpcs://a',
      'grpc_pass a',
      'scgi_pass a:1',
    ],
  ]) {
    assert.deepEqual(inLocation(`${text};`), [], text);
  }
});

test('what nginx refuses as an address is refused in its words', () => {
  const said: Readonly<Record<string, string>> = {
    'proxy_pass a': 'invalid URL prefix',
    'proxy_pass http://': 'no host in upstream ""',
    'proxy_pass http://a:99999': 'invalid port in upstream "a:99999"',
    'proxy_pass http://app:80': 'upstream "app" may not have port 80',
    'fastcgi_pass http://a': 'invalid host in upstream "http://a"',
    'fastcgi_pass a': 'no port in upstream "a"',
    'uwsgi_pass 127.0.0.1': 'no port in upstream "127.0.0.1"',
    'memcached_pass a': 'no port in upstream "a"',
  };
  for (const [text, fault] of Object.entries(said)) {
    assert.deepEqual(inLocation(`${text};`), [fault]);
  }
  assert.deepEqual(errorsOf('events {} stream { server { proxy_pass a; } }'), ['1:40 no port in upstream "a"']);
});

test('a URL has a path only where a path is replaced by it', () => {
  const [fault] = inLocation('proxy_pass http://a/b;', '~ x');
  assert.match(fault ?? '', /^"proxy_pass" cannot have URI part in location given by regular expression/);
  assert.equal(inLocation('if ($uri = a) { proxy_pass http://a/; }').length, 1);
  assert.deepEqual(inLocation('if ($uri = a) { proxy_pass http://a; }', '~ x'), []);
});

test('an upstream may be defined further down, or in another file of which only a piece is read', () => {
  assert.deepEqual(inHttp('server { location / { fastcgi_pass php; } } upstream php { server a:1; }'), []);
  const { diagnostics } = readText('location / { fastcgi_pass php; }', {}, { isFragment: true });
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
});

test('what is replaced in responses needs what it is replaced by', () => {
  assert.deepEqual(
    inLocation(
      'proxy_redirect http://a /; proxy_redirect http://b /b; proxy_cookie_path / /a; proxy_cookie_domain off;',
    ),
    [],
  );
  for (const text of ['proxy_redirect off; proxy_redirect a /;', 'proxy_redirect a /; proxy_redirect off;']) {
    assert.deepEqual(inLocation(text), ['"proxy_redirect" directive is duplicate']);
  }
  assert.deepEqual(inLocation('proxy_redirect foo; proxy_cookie_path one;'), [
    'invalid parameter "foo"',
    'invalid parameter "one"',
  ]);
  assert.deepEqual(inLocation('proxy_cookie_flags a secure samesite=lax; proxy_cookie_flags b;'), [
    'invalid parameter "b"',
  ]);
  assert.deepEqual(inLocation('proxy_cookie_flags off;'), []);
});

test('parameters and divided paths of FastCGI are looked at', () => {
  assert.deepEqual(inLocation('fastcgi_param A b if_not_empty; fastcgi_param A b c;'), ['invalid parameter "c"']);
  assert.deepEqual(inLocation('fastcgi_split_path_info ^(.+?\\.php)(|/.*)$;'), []);
  assert.deepEqual(inLocation('fastcgi_split_path_info "^((?:a|[(])+)\\((?<rest>.*)$";'), []);
  assert.deepEqual(inLocation('fastcgi_split_path_info ^(.+)$;'), ['pattern "^(.+)$" must have 2 captures']);
});

test('a host that is called nearly as an upstream is warned of', () => {
  const told = (host: string) =>
    readText(`events {} http { upstream backend { server a; } server { location / { proxy_pass http://${host}; } } }`)
      .diagnostics.filter(({ code }) => code === 'nginx.suspicious')
      .map(({ message }) => message);
  assert.deepEqual(told('backned'), ['host "backned" is no upstream']);
  assert.deepEqual([told('backend'), told('backned:80'), told('web'), told('127.0.0.1')], [[], [], [], []]);
});

test('sizes of buffers have to go with each other, wherever they are said', () => {
  const busy = '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer';
  assert.deepEqual(inLocation('proxy_buffer_size 32k;'), [busy]);
  assert.deepEqual(inLocation('proxy_buffers 8 32k; proxy_buffer_size 32k;'), []);
  assert.deepEqual(inLocation('proxy_buffers 1 4k;'), ['there must be at least 2 "proxy_buffers"']);
  assert.equal(inLocation('fastcgi_max_temp_file_size 1k;').length, 1);
  assert.deepEqual(inLocation('uwsgi_max_temp_file_size 0;'), []);
  assert.deepEqual(
    inHttp('proxy_buffer_size 32k; server { } server { proxy_buffers 8 32k; location / { } }').map((each) =>
      each.replace(/^\d+:\d+ /, ''),
    ),
    [busy],
  );
});

test('what TLS with a server needs is asked for where it is spoken', () => {
  const key = 'no "proxy_ssl_certificate_key" is defined for certificate "a$host"';
  assert.deepEqual(inLocation('proxy_ssl_certificate a$host; proxy_pass https://a;'), [key]);
  assert.deepEqual(inLocation('proxy_ssl_certificate a$host; proxy_pass http://a;'), []);
  assert.deepEqual(inLocation('proxy_pass https://a; proxy_ssl_verify on;'), [
    'no proxy_ssl_trusted_certificate for proxy_ssl_verify',
  ]);
  assert.deepEqual(inLocation('uwsgi_pass suwsgi://app; uwsgi_ssl_verify on; uwsgi_ssl_trusted_certificate x;'), []);
});

test('an own address is an address', () => {
  assert.deepEqual(inLocation('proxy_bind x;'), ['invalid address "x"']);
  assert.deepEqual(inLocation('proxy_bind 127.0.0.1 foo;'), ['invalid parameter "foo"']);
  for (const text of ['127.0.0.1', '[::1]:80', '$remote_addr', 'off', '127.0.0.1:$remote_port']) {
    assert.deepEqual(inLocation(`proxy_bind ${text};`), [], text);
  }
});
