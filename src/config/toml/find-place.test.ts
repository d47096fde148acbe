import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { placesIn } from './find-place.ts';

const TEXT = `title = "x"
[[site]]
names = [
  "a",
  "b"]
[site.location."/x/"]
files = { root = "/srv", index = ["i"] }
[[site]]
"quoted key" = 1
a.b = 2
`;

test('a value is found by its keys and indexes', () => {
  const find = placesIn(TEXT);
  deepEqual(find(['title']), { line: 1, column: 9, length: 3 });
  deepEqual(find(['site', 0, 'names', 1]), { line: 5, column: 3, length: 3 });
  deepEqual(find(['site', 0, 'location', '/x/', 'files', 'index', 0]), { line: 7, column: 35, length: 3 });
  deepEqual(find(['site', 1, 'quoted key']), { line: 9, column: 16, length: 1 });
  deepEqual(find(['site', 1, 'a', 'b']), { line: 10, column: 7, length: 1 });
});

test('for a table its key is shown, and for what is not there what it would stand in', () => {
  const find = placesIn(TEXT);
  deepEqual(find(['site', 0, 'location', '/x/', 'files']), { line: 7, column: 1, length: 5 });
  deepEqual(find(['site', 0, 'location', '/x/', 'app']), { line: 6, column: 2, length: 19 });
  deepEqual(find(['site', 1]), { line: 8, column: 3, length: 4 });
  deepEqual(find(['nothing']), { line: 1, column: 1, length: 1 });
});

test('a table without a line of its own is where the first of what is in it is', () => {
  const find = placesIn('[app.shop]\nx = 1\n[[site]]\nfiles.root = "x"\naccess.basic.realm = "y"\n');
  deepEqual(find(['app'], 'key'), { line: 1, column: 2, length: 8 });
  deepEqual(find(['app', 'shop'], 'key'), { line: 1, column: 2, length: 8 });
  deepEqual(find(['site', 0, 'files'], 'key'), { line: 4, column: 1, length: 10 });
  deepEqual(find(['site', 0, 'access', 'basic'], 'key'), { line: 5, column: 1, length: 18 });
});
