import assert from 'node:assert/strict';
import { test } from 'node:test';
import { targetOf } from './app-name.ts';

// python/tests/test_app_name.py has the same names, with their expressions.
const TARGETS: Readonly<Record<string, string>> = {
  '': '',
  shop: 'shop',
  'shop:app': 'shop',
  'shop:': 'shop',
  ':app': '',
  'shop:api.wsgi': 'shop',
  'shop:create_app("http://a:b/c")': 'shop',
  'shop:create_app("http://a"': 'shop',
  'shop:app[0]': 'shop',
  'shop:a b': 'shop',
  'src/shop.py:app': 'src/shop.py',
  '/srv/shop (1)/app.py:app': '/srv/shop (1)/app.py',
  'sites/a:b/wsgi.py': 'sites/a:b/wsgi.py',
  'sites/a:b/wsgi.py:app': 'sites/a:b/wsgi.py',
  'sites/a:b (1)/wsgi.py:create_app()': 'sites/a:b (1)/wsgi.py',
  'sites/a:b/wsgi.py:create_app("c:d")': 'sites/a:b/wsgi.py',
  'sites/a:b.py': 'sites/a:b.py',
  'sites/a:b.py:app': 'sites/a:b.py',
  'a:b/': 'a:b/',
  './a:b': './a',
};

for (const [app, target] of Object.entries(TARGETS)) {
  test(`targetOf() of "${app}" is "${target}"`, () => {
    assert.equal(targetOf(app), target);
  });
}
