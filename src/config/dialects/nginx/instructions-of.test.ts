import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeNginxModel } from './fake-nginx-model.ts';

function contentsOf(location: string): readonly string[] {
  const { sites, upstreams } = fakeNginxModel(
    `upstream a { server 127.0.0.1:1; } upstream b { server 127.0.0.1:2; } server { location /x { ${location} } }`,
  );
  const { rewrite = [], content } = sites[0]?.locations[0] ?? {};
  const contents = [content, ...rewrite.map((each) => (each.kind === 'if' ? each.content : undefined))];
  return contents.map((each) => {
    switch (each?.kind) {
      case 'proxy':
        return each.to.kind === 'upstream' ? (upstreams[each.to.upstream]?.name ?? '?') : each.to.kind;
      case 'reply':
        return String(each.status);
      default:
        return each?.kind ?? '';
    }
  });
}

test('limit_except that passes requests on has a scope and a content, in front of all instructions and without them', () => {
  const { sites, scopes } = fakeNginxModel(
    'server { location / { set $x 1; limit_except GET post { proxy_pass http://127.0.0.1:1; deny all; } return 200; } }',
  );
  const [first, ...others] = sites[0]?.locations[0]?.rewrite ?? [];
  assert.ok(first?.kind === 'if');
  assert.deepEqual(first.condition, {
    kind: 'matches',
    variable: 'request_method',
    pattern: { text: '^(?:GET|POST|HEAD)$', isCaseless: false },
    isNegated: true,
  });
  assert.deepEqual(first.inside, [{ kind: 'break' }]);
  assert.equal(first.content?.kind, 'proxy');
  assert.equal(scopes[first.scope]?.access?.addresses.length, 1);
  assert.deepEqual(
    others.map(({ kind }) => kind),
    ['set', 'return'],
  );
  const own = scopes[sites[0]?.locations[0]?.scope ?? 0];
  assert.deepEqual([own?.access, own?.exceptMethods], [undefined, undefined]);
});

test('limit_except with a log of its own leaves the content as it is', () => {
  assert.deepEqual(contentsOf('proxy_pass http://a; limit_except GET { access_log off; }'), ['a', '']);
  assert.deepEqual(contentsOf('proxy_pass http://a; limit_except GET { deny all; }'), ['a']);
  assert.deepEqual(contentsOf('proxy_pass http://a; limit_except GET { proxy_pass http://b; }'), ['a', 'b']);
});

test('the methods of limit_except have no try_files', () => {
  const { sites, scopes } = fakeNginxModel(
    'server { location / { try_files /a =404; limit_except GET { deny all; } } }',
  );
  const { rewrite = [], scope = 0 } = sites[0]?.locations[0] ?? {};
  const [first] = rewrite;
  assert.ok(first?.kind === 'if' && scopes[scope]?.tryFiles !== undefined);
  assert.equal(scopes[first.scope]?.tryFiles, undefined);
  assert.equal(scopes[first.scope]?.access?.addresses.length, 1);
});

test('of several "if" that hold the last one alone says whom a protocol asks', () => {
  assert.deepEqual(contentsOf('if ($arg_a) { proxy_pass http://b; } if ($arg_b) { }'), ['files', 'b', '500']);
  assert.deepEqual(contentsOf('if ($arg_b) { } if ($arg_a) { proxy_pass http://b; }'), ['files', '', 'b']);
  assert.deepEqual(contentsOf('proxy_pass http://a; if ($arg_a) { proxy_pass http://b; } if ($arg_b) { }'), [
    'a',
    'b',
    'a',
  ]);
  assert.deepEqual(contentsOf('uwsgi_pass a; if ($arg_a) { proxy_pass http://b; } if ($arg_b) { }'), ['a', 'b', '500']);
  assert.deepEqual(contentsOf('if ($arg_a) { memcached_pass b; } if ($arg_b) { scgi_pass a; } if ($arg_c) { }'), [
    'files',
    'b',
    'a',
    '500',
  ]);
});
