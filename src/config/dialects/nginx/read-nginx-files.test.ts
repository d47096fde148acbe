import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dumpNginxFiles } from './dump.ts';
import { errorsOf, fakeFiles, readText } from './fake-files.ts';
import { readNginxFiles } from './read-nginx-files.ts';
import { directivesIn } from './tree.ts';

function namesOf(text: string, others: Record<string, string>): string[] {
  const { tree } = readText(text, others);
  return Array.from(directivesIn(tree), ({ name, args }) => [name.text, ...args.map((word) => word.text)].join(' '));
}

test('what is included stands where it is included', () => {
  const files = { '/etc/nginx/a.conf': 'pid b; include c/d;', '/etc/nginx/c/d': 'user e;' };
  assert.deepEqual(namesOf('daemon on; include a.conf; events {}', files), ['daemon on', 'pid b', 'user e', 'events']);
});

test('relative paths begin in the folder of the configuration, wherever they are said', () => {
  const { tree } = readNginxFiles(
    '/a/nginx.conf',
    fakeFiles({ '/a/nginx.conf': 'include b/c;', '/a/b/c': 'include d;', '/p/b/c': 'pid x;', '/a/d': 'pid y;' }),
  );
  assert.deepEqual(
    Array.from(directivesIn(tree), ({ args }) => args[0]?.text),
    ['y'],
  );
  const moved = readNginxFiles('/a/nginx.conf', fakeFiles({ '/a/nginx.conf': 'include c;', '/p/c': 'pid z;' }), {
    confPrefix: '/p/',
  });
  assert.deepEqual(
    Array.from(directivesIn(moved.tree), ({ args }) => args[0]?.text),
    ['z'],
  );
});

test('a pattern takes files in the order of their bytes, and none is no fault', () => {
  const others = {
    '/etc/nginx/s/b': 'env B;',
    '/etc/nginx/s/Z': 'env Z;',
    '/etc/nginx/s/a': 'env A;',
    '/etc/nginx/s/.h': 'x',
  };
  assert.deepEqual(namesOf('include s/*; events {} include none/*.conf;', others), [
    ...['env Z', 'env A', 'env B', 'events'],
  ]);
});

test('a file that is missing is told in the words of the system', () => {
  assert.deepEqual(errorsOf('events {}\ninclude x/y.conf;'), [
    '2:9 open() "/etc/nginx/x/y.conf" failed (2: No such file or directory)',
  ]);
  const { diagnostics } = readNginxFiles('/none', fakeFiles({}));
  assert.deepEqual(
    diagnostics.all().map(({ place, message }) => [place, message]),
    [[{ kind: 'flag', name: '-c' }, 'open() "/none" failed (2: No such file or directory)']],
  );
});

test('files that include each other are told, and so is what has no end', () => {
  assert.deepEqual(errorsOf('events {} include a;', { '/etc/nginx/a': 'include b;', '/etc/nginx/b': 'include a;' }), [
    '/etc/nginx/b:1:9 "/etc/nginx/a" includes itself',
  ]);
  const chain = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`/etc/nginx/${at}`, `include ${at + 1};`]));
  assert.match(errorsOf('events {} include 0;', chain).join('\n'), /files include each other more than 32 deep/);
  // Each of them includes all of the others twice.
  const many = Object.fromEntries(
    Array.from({ length: 20 }, (_, at) => [`/etc/nginx/m/${at}`, 'include m/*; include m/*;']),
  );
  assert.match(errorsOf('events {} include m/*;', many).join('\n'), /more than 10000 files are included/);
});

test('files that come with nginx are there without it, and it is said', () => {
  const { diagnostics } = readText('events {} http { include mime.types; include none.types; }');
  const told = diagnostics.filter(({ code }) => code === 'nginx.own-file' || code === 'nginx.file');
  assert.deepEqual(
    told.map(({ severity, message }) => `${severity}: ${message}`),
    [
      "info: /etc/nginx/mime.types does not exist, and Portico's own mime.types is taken",
      'error: open() "/etc/nginx/none.types" failed (2: No such file or directory)',
    ],
  );
  assert.deepEqual(
    errorsOf('events {} http { include mime.types; }', { '/etc/nginx/mime.types': 'x' }),
    [
      '/etc/nginx/mime.types:1:2 unexpected end of file, expecting ";" or "}"',
      '/etc/nginx/mime.types:1:1 unknown directive "x"',
    ].toSorted(),
  );
});

test('what is included into a block of entries is entries', () => {
  assert.deepEqual(errorsOf('events {} http { map $uri $a { include m; } }', { '/etc/nginx/m': 'a b; c d e;' }), [
    '/etc/nginx/m:1:10 invalid number of the map parameters',
  ]);
});

test('diagnostics come in the order in which the files are read', () => {
  const others = { '/etc/nginx/a': 'foo;\nbar;' };
  assert.deepEqual(errorsOf('x1;\ninclude a;\nx2; events {}', others), [
    '1:1 unknown directive "x1"',
    '/etc/nginx/a:1:1 unknown directive "foo"',
    '/etc/nginx/a:2:1 unknown directive "bar"',
    '3:1 unknown directive "x2"',
  ]);
});

test('a piece of a configuration is read as the inside of the block that it was written for', () => {
  const options = { isFragment: true };
  assert.deepEqual(errorsOf('upstream a { server b; } server { listen 80; foo; }', {}, options), [
    '1:46 unknown directive "foo"',
  ]);
  assert.deepEqual(errorsOf('location / { root /x; }', {}, options), []);
  assert.deepEqual(errorsOf('proxy_pass http://a; proxy_set_header B c;', {}, options), []);
  assert.deepEqual(errorsOf('events {} http {}', {}, options), []);
});

test('what a piece of a configuration may have elsewhere is only warned of', () => {
  const { diagnostics } = readText('server { include none; return 200 $elsewhere; }', {}, { isFragment: true });
  assert.deepEqual(
    diagnostics.filter(({ code }) => code !== 'nginx.later').map(({ severity, code }) => `${severity} ${code}`),
    ['warning nginx.file', 'warning nginx.unknown-variable'],
  );
});

test('a configuration has to have a block "events"', () => {
  assert.deepEqual(errorsOf('http {}'), ['-c no "events" section in configuration']);
  assert.deepEqual(errorsOf('http { foo; }'), ['1:8 unknown directive "foo"']);
});

test('dumpNginxFiles() shows each file once, as it is', () => {
  const others = { '/etc/nginx/a': 'user b;' };
  const { files } = readText('events {}\ninclude a; include a;\n', others);
  assert.equal(
    dumpNginxFiles(files).toString(),
    '# configuration file /etc/nginx/nginx.conf:\nevents {}\ninclude a; include a;\n\n# configuration file /etc/nginx/a:\nuser b;\n',
  );
});
