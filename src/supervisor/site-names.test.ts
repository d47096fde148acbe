import { deepEqual, match } from 'node:assert/strict';
import { test } from 'node:test';
import { namesOfSites, remarkOnNames } from './site-names.ts';

type Named = Parameters<typeof namesOfSites>[0];

test('names of sites are those that a certificate can be for', () => {
  const name = (kind: string, text: string, site: number) => ({ name: { kind, text }, site });
  const names = [
    name('exact', 'a.test', 0),
    name('exact', '_', 0),
    name('suffix', '.b.test', 1),
    name('prefix', 'www.', 1),
    name('exact', 'a.test', 0),
    { name: { kind: 'regex', pattern: '^x$' }, site: 1 },
  ];
  // Only what is looked at.
  const model = { sites: [{}, {}, {}], listeners: [{ names }] } as unknown as Named;
  deepEqual(namesOfSites(model), [['a.test'], ['www.b.test'], []]);
});

test('names that no certificate of their site is for are told, a few of them', () => {
  const isFor = (wanted: string) => ({ isFor: (name: string) => name === wanted });
  deepEqual(remarkOnNames([isFor('a.test'), isFor('b.test')], '/s.pem', ['a.test', 'b.test']), []);
  match(
    remarkOnNames([isFor('a.test')], '/s.pem', ['a.test', '1.x', '2.x', '3.x', '4.x']).join(),
    /^\/s\.pem: the certificate is not for 1\.x, 2\.x, 3\.x and 1 more, which/,
  );
});
