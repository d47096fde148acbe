import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp } from '../fake-files.ts';

function faults(text: string): string[] {
  return inHttp(text).map((error) => error.replace(/^\d+:\d+ /, ''));
}

test('a cache has a folder, memory and limits', () => {
  assert.deepEqual(
    faults(
      'proxy_cache_path /a levels=1:2 keys_zone=one:10m max_size=10g inactive=60m use_temp_path=off; proxy_cache one; ' +
        'fastcgi_cache_path /b keys_zone=one:1m; fastcgi_cache one; proxy_cache_valid 200 302 10m; proxy_cache_valid any 1m; ' +
        'proxy_cache_valid 5m; server { proxy_cache off; location / { proxy_cache $uri; } }',
    ),
    [],
  );
});

test('what nginx refuses in a cache is refused in its words', () => {
  const said: Readonly<Record<string, string>> = {
    'keys_zone=a': 'invalid keys zone size "keys_zone=a"',
    'keys_zone=a:1k': 'keys zone "a" is too small',
    'levels=9 keys_zone=a:1m': 'invalid "levels" "levels=9"',
    'keys_zone=a:1m max_size=x': 'invalid max_size value "max_size=x"',
    'keys_zone=a:1m use_temp_path=no': 'invalid use_temp_path value "use_temp_path=no", it must be "on" or "off"',
    'keys_zone=a:1m inactive': 'invalid parameter "inactive"',
    'levels=1': '"proxy_cache_path" must have "keys_zone" parameter',
  };
  for (const [text, fault] of Object.entries(said)) {
    assert.deepEqual(faults(`proxy_cache_path /x ${text};`), [fault]);
  }
  assert.deepEqual(faults('proxy_cache_valid 200 x; proxy_cache_valid 2000 1m;'), [
    'invalid time value "x"',
    'invalid status "2000"',
  ]);
});

test('a cache that is used is one of the same protocol', () => {
  assert.deepEqual(
    inHttp('server {\n proxy_cache one;\n fastcgi_cache one;\n}\nproxy_cache_path /x keys_zone=one:1m;'),
    ['3:16 "fastcgi_cache" zone "one" is unknown'],
  );
});
