import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../draft.ts';
import { errorsOf, readText } from '../fake-files.ts';
import { ownFile } from '../own-files.ts';
import { filesOf, precompressedOf, tryFilesOf, typeMapOf } from './files.ts';

const PREFIX = '/etc/nginx/';

/** The first location of a server of which this is the inside, or the server if there is none. */
function draftOf(text: string): Draft {
  const { draft, diagnostics } = readText(`events {} http { server { ${text} } }`);
  deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  const inside = (from: Draft, kind: string): Draft => from.children.find((child) => child.kind === kind) ?? from;
  return inside(inside(inside(draft, 'http'), 'server'), 'location');
}

function errors(text: string): readonly string[] {
  return errorsOf(`events {} http { server { ${text} } }`).map((line) => line.slice(line.indexOf(' ') + 1));
}

test('what is not said is what nginx takes', () => {
  deepEqual(filesOf(draftOf(''), PREFIX), {
    kind: 'root',
    path: '/etc/nginx/html',
    index: ['index.html'],
    autoindex: undefined,
    isIndexRandom: false,
    servesHidden: true,
    symlinks: { kind: 'anywhere' },
    hasEtag: true,
    ifModifiedSince: 'exact',
    rangesMax: undefined,
    cacheMs: undefined,
    logsMissing: true,
  });
  deepEqual(typeMapOf(draftOf('')), {
    knowsRegistry: false,
    charset: '',
    types: { html: 'text/html', gif: 'image/gif', jpg: 'image/jpeg' },
    fallback: 'text/plain',
  });
});

test('a location has what the blocks around it say, or says it itself', () => {
  const files = filesOf(
    draftOf(`root /srv/www/; index a.html; etag off; autoindex on; autoindex_exact_size off;
      location /x/ { index b.html c.html; index /d.html; if_modified_since before; max_ranges 0; autoindex_format json;
        random_index on; log_not_found off; open_file_cache max=10 inactive=20s; open_file_cache_valid 5s; }`),
    PREFIX,
  );
  deepEqual(
    [files.path, files.index, files.hasEtag, files.ifModifiedSince, files.rangesMax, files.cacheMs],
    ['/srv/www/', ['b.html', 'c.html', '/d.html'], false, 'before', 0, 5000],
  );
  deepEqual(files.autoindex, { format: 'json', hasExactSize: false, isLocalTime: false });
  deepEqual([files.isIndexRandom, files.logsMissing], [true, false]);
  equal(filesOf(draftOf('open_file_cache off;'), PREFIX).cacheMs, 0);
  equal(filesOf(draftOf('open_file_cache max=5;'), PREFIX).cacheMs, 60_000);
});

test('an alias and a root take the place of each other, and may have variables', () => {
  const alias = filesOf(draftOf('root /srv; location /i/ { alias pictures/; }'), PREFIX);
  deepEqual([alias.kind, alias.path], ['alias', '/etc/nginx/pictures/']);
  deepEqual(filesOf(draftOf('root /srv/$host;'), PREFIX).path, ['/srv/', { variable: 'host' }]);
  deepEqual(filesOf(draftOf('root sites/$host;'), PREFIX).path, ['/etc/nginx/sites/', { variable: 'host' }]);
  deepEqual(filesOf(draftOf('set $r /srv; root $r;'), PREFIX).path, [{ variable: 'r' }]);
});

test('a root that cannot be is told as nginx tells it', () => {
  deepEqual(errors('location / { root /a; alias /b; }'), [
    '"alias" directive is duplicate, "root" directive was specified earlier',
  ]);
  deepEqual(errors('location @a { alias /b; }'), ['the "alias" directive cannot be used inside the named location']);
  deepEqual(errors('root $document_root/x;'), ['the $document_root variable cannot be used in the "root" directive']);
  match(errors('location / { alias ${realpath_root}; }')[0] ?? '', /^the \$realpath_root variable cannot/);
  deepEqual(errors('index "";'), ['index "" in "index" directive is invalid']);
});

test('an alias out of which clients get is warned of', () => {
  const warnings = (text: string): readonly string[] =>
    readText(`events {} http { server { ${text} } }`)
      .diagnostics.filter(({ code }) => code === 'nginx.suspicious')
      .map(({ message }) => message);
  deepEqual(warnings('location /i { alias /srv/p/; }'), [
    'the alias of location "/i" ends with a slash and the location does not',
  ]);
  for (const good of [
    'location /i/ { alias /srv/p/; }',
    'location /i { alias /srv/p; }',
    'location = /i { alias /srv/p/; }',
  ]) {
    deepEqual(warnings(good), [], good);
  }
  deepEqual(warnings('location ~ ^/i(.*) { alias /srv/p/$1/; }'), []);
});

test('only the last index is to be absolute', () => {
  const { diagnostics } = readText('events {} http { index /a b; }');
  match(diagnostics.find(({ code }) => code === 'nginx.suspicious')?.message ?? '', /only the last index/);
});

test('try_files holds where it is said', () => {
  deepEqual(tryFilesOf(draftOf('location / { try_files $uri $uri/ /index.php?$args; }')), {
    paths: [[{ variable: 'uri' }], [{ variable: 'uri' }, '/']],
    last: { kind: 'uri', uri: ['/index.php?', { variable: 'args' }] },
  });
  deepEqual(tryFilesOf(draftOf('location / { try_files /a =404; }'))?.last, { kind: 'status', status: 404 });
  deepEqual(tryFilesOf(draftOf('location / { try_files =404 @app; }')), {
    paths: ['=404'],
    last: { kind: 'uri', uri: '@app' },
  });
  equal(tryFilesOf(draftOf('try_files /a =404; location / { root /x; }')), undefined);
  deepEqual(errors('try_files /a =x;'), ['invalid code "=x"']);
  deepEqual(errors('try_files /a =1000;'), ['invalid code "=1000"']);
});

test('media types are those of the nearest block that names some', () => {
  const types = typeMapOf(
    draftOf('types { a/b x Y; } location / { types { c/d z; } types { e/f w; } default_type t/u; }'),
  );
  deepEqual(types, { knowsRegistry: false, charset: '', types: { z: 'c/d', w: 'e/f' }, fallback: 't/u' });
  deepEqual(typeMapOf(draftOf('types { a/b x Y; }')).types, { x: 'a/b', y: 'a/b' });
  deepEqual(typeMapOf(draftOf('location / { types { } }')).types, {});
  // nginx puts no variables in, so a client cannot choose the type.
  equal(typeMapOf(draftOf('default_type $arg_type;')).fallback, '$arg_type');
  deepEqual(typeMapOf(draftOf('types { a/b x ""; }')).types, { x: 'a/b' });
  const { diagnostics } = readText('events {} http { types { a/b x; c/d x; } }');
  match(
    diagnostics.map(({ message }) => message).join(),
    /duplicate extension "x", content type: "c\/d", previous content type: "a\/b"/,
  );
});

test('a table that has all of the registry says so in a word', () => {
  const own = draftOf(`${ownFile('mime.types') ?? ''} types { x/y css wholly-ours; }`);
  const { knowsRegistry, types } = typeMapOf(own);
  deepEqual([knowsRegistry, types], [true, { css: 'x/y', 'wholly-ours': 'x/y' }]);
});

test('disable_symlinks says how links are looked at, and from where on', () => {
  const links = (text: string): unknown => filesOf(draftOf(`disable_symlinks ${text};`), PREFIX).symlinks;
  deepEqual(links('off'), { kind: 'anywhere' });
  deepEqual(links('on'), { kind: 'none', from: undefined });
  deepEqual(links('if_not_owner from=$document_root'), { kind: 'owner', from: [{ variable: 'document_root' }] });
  deepEqual(links('from=/srv on'), { kind: 'none', from: '/srv' });
  deepEqual(errors('disable_symlinks of;'), ['invalid parameter "of"']);
  deepEqual(errors('disable_symlinks on off;'), ['duplicate parameters "on off"']);
  deepEqual(errors('disable_symlinks from=/a;'), [
    '"disable_symlinks" must have "off", "on" or "if_not_owner" parameter',
  ]);
  deepEqual(errors('disable_symlinks off from=/a;'), ['"from=" cannot be used with "off" parameter']);
});

test('open_file_cache wants to know how many', () => {
  deepEqual(errors('open_file_cache inactive=5s;'), ['"open_file_cache" must have the "max" parameter']);
  deepEqual(errors('open_file_cache max=0;'), ['invalid "open_file_cache" parameter "max=0"']);
  deepEqual(errors('open_file_cache max=5 inactive=x;'), ['invalid "open_file_cache" parameter "inactive=x"']);
});

test('compressed files are off, on or always', () => {
  deepEqual(precompressedOf(draftOf('gzip_static on; location / { brotli_static always; }')), {
    gzip: 'on',
    brotli: 'always',
    zstd: 'off',
  });
});
