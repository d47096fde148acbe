import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inHttp, readText } from '../fake-files.ts';
import { ADDED_FIELDS, EXPIRES, fieldRulesOf } from './added-fields.ts';
import { ERROR_PAGES } from './error-pages.ts';
import { IS_INTERNAL, LOCATION_MATCH } from './locations.ts';
import { INSTRUCTIONS } from './rewrite.ts';

function server(text: string) {
  const { draft } = readText(`events {} http { server { ${text} } }`);
  return draft.children.find(({ kind }) => kind === 'http')?.children[0];
}

function faults(text: string): string[] {
  return inHttp(`server { ${text} }`).map((error) => error.replace(/^\d+:\d+ /, ''));
}

test('location takes its modifier before the path, or joined to it', () => {
  const matches = server(
    'location / {} location = /a {} location =/b {} location ^~ /c {} location ~ \\.php$ {} location ~*d {} location @e {}',
  )?.children.map((child) => child.own(LOCATION_MATCH));
  assert.deepEqual(matches, [
    { kind: 'prefix', text: '/' },
    { kind: 'exact', text: '/a' },
    { kind: 'exact', text: '/b' },
    { kind: 'final-prefix', text: '/c' },
    { kind: 'regex', pattern: { text: '\\.php$', isCaseless: false } },
    { kind: 'regex', pattern: { text: 'd', isCaseless: true } },
    { kind: 'named', text: '@e' },
  ]);
  assert.equal(server('location /a { internal; }')?.children[0]?.own(IS_INTERNAL), true);
});

test('locations that nginx refuses are refused in its words', () => {
  assert.deepEqual(faults('location ~~ x {}'), ['invalid location modifier "~~"']);
  assert.deepEqual(faults('location ~ "(a" {}'), ['pcre2_compile() failed: missing closing parenthesis in "(a"']);
  assert.deepEqual(faults('location /a { location /b {} location /c {} }'), ['location "/b" is outside location "/a"']);
  assert.deepEqual(faults('location = /a { location /a/b {} }'), [
    'location "/a/b" cannot be inside the exact location "/a"',
  ]);
  assert.deepEqual(faults('location @a { location /b {} }'), [
    'location "/b" cannot be inside the named location "@a"',
  ]);
  assert.deepEqual(faults('location / { location @b {} }'), ['named location "@b" can be on the server level only']);
  assert.deepEqual(faults('location /a { location ~ b {} location /a/c {} }'), []);
  assert.deepEqual(faults('location /a {} location ^~ /a {} location = /a {} location ~ a {} location ~ a {}'), [
    'duplicate location "/a"',
  ]);
  assert.deepEqual(faults('location @a {} location @a {}'), [], 'nginx takes the first one');
});

test('instructions stand in their order, and an if among them with its block', () => {
  const said = server('set $a b; if ($a = c) { return 403; } rewrite ^/x /y? last; return 200 "$a";');
  const [set, inner, rewrite, answer] = said?.own(INSTRUCTIONS) ?? [];
  assert.deepEqual(set, { kind: 'set', variable: 'a', value: 'b' });
  assert.deepEqual(inner?.kind === 'if' && [inner.condition, inner.inside.own(INSTRUCTIONS)], [
    { kind: 'equals', variable: 'a', value: 'c', isNegated: false },
    [{ kind: 'return', status: 403, body: undefined }],
  ]);
  assert.deepEqual(rewrite, {
    ...{ kind: 'rewrite', pattern: { text: '^/x', isCaseless: false }, replacement: '/y', appendsArguments: false },
    flag: 'last',
  });
  assert.deepEqual(answer, { kind: 'return', status: 200, body: [{ variable: 'a' }] });
});

test('return and rewrite refuse what nginx refuses', () => {
  assert.deepEqual(server('return https://a/$uri;')?.own(INSTRUCTIONS), [
    { kind: 'return', status: 302, body: ['https://a/', { variable: 'uri' }] },
  ]);
  assert.deepEqual(faults('return foo; return 1000; return /x;'), [
    ...['invalid return code "foo"', 'invalid return code "1000"', 'invalid return code "/x"'],
  ]);
  assert.deepEqual(faults('rewrite ^ /a permament; rewrite ^ "";'), [
    'invalid parameter "permament"',
    'empty replacement',
  ]);
});

test('error_page names statuses, what is answered, and with which status', () => {
  assert.deepEqual(server('error_page 404 500 /e; error_page 403 = @f; error_page 502 =200 /g;')?.own(ERROR_PAGES), [
    { statuses: [404, 500], to: '/e', status: 'unchanged' },
    { statuses: [403], to: '@f', status: 'answer' },
    { statuses: [502], to: '/g', status: 200 },
  ]);
  assert.deepEqual(
    faults('error_page 200 /x; error_page foo /x; error_page =200 /x; error_page 404 =y /x; error_page 499 /x;'),
    [
      ...['value "200" must be between 300 and 599', 'invalid value "foo"', 'invalid value "=200"'],
      ...['invalid value "=y"', 'invalid value "499"'],
    ],
  );
});

test('add_header in a block takes the place of those around it', () => {
  const around = server('add_header A b always; location /c { add_header D $uri; } location /e { }');
  const names = around?.children.map((child) => child.get(ADDED_FIELDS)?.map(({ name }) => name));
  assert.deepEqual(names, [['D'], ['A']]);
  assert.deepEqual(around?.own(ADDED_FIELDS), [{ name: 'A', value: 'b', always: true, effect: 'add' }]);
  assert.deepEqual(faults('add_header A b c;'), ['invalid parameter "c"']);
  const message = '"content-length" is not added: Portico itself says how long a response is';
  const { diagnostics } = readText('events {} http { add_header content-length 3; add_header Content-Lengthy 3; }');
  assert.deepEqual(
    diagnostics.map((diagnostic) => [diagnostic.severity, diagnostic.message]),
    [['warning', message]],
  );
});

test('expires is a time from now or from the modification, a time of day, or a word', () => {
  const said = (text: string) => server(`expires ${text};`)?.own(EXPIRES);
  assert.deepEqual(said('30d'), { kind: 'after', seconds: 2_592_000, since: 'access' });
  assert.deepEqual(said('-1'), { kind: 'after', seconds: -1, since: 'access' });
  assert.deepEqual(said('modified +1h'), { kind: 'after', seconds: 3600, since: 'modification' });
  assert.deepEqual(said('@15h30m'), { kind: 'at', secondOfDay: 55_800 });
  assert.deepEqual(said('epoch'), { kind: 'epoch' });
  assert.deepEqual(said('$arg_e'), [{ variable: 'arg_e' }]);
  assert.deepEqual(said('modified $arg_e'), ['modified ', { variable: 'arg_e' }]);
  assert.deepEqual(faults('expires never;'), ['"expires" directive invalid value']);
  assert.deepEqual(faults('expires sometimes 1d;'), ['"expires" directive invalid value']);
  assert.deepEqual(faults('expires @25h;'), ['"expires" directive daily time value must be less than 24 hours']);
  assert.deepEqual(faults('expires modified @1h;'), [
    '"expires" directive daily time cannot be used with "modified" parameter',
  ]);
});

test('fieldRulesOf() has nothing to say where nothing is said', () => {
  const said = server('location /a { } location /b { expires max; }')?.children.map(fieldRulesOf);
  assert.deepEqual(said, [undefined, { fields: [], trailers: [], expires: { kind: 'max' } }]);
});

test('allow and deny name networks', () => {
  assert.deepEqual(faults('allow 10.0.0.0/8; allow ::1; deny 2001:db8::/32; allow unix:; deny all;'), []);
  assert.deepEqual(faults('allow 1.2.3; deny foo; deny 10.0.0.0/33; deny 1.2.3.256;'), [
    ...['invalid parameter "1.2.3"', 'invalid parameter "foo"', 'invalid parameter "10.0.0.0/33"'],
    'invalid parameter "1.2.3.256"',
  ]);
});
