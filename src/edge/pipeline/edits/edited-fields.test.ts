import { equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import { EditedFields } from './edited-fields.ts';

test('EditedFields remembers by fields and values, and forgets where the values never come again', () => {
  const edited = new EditedFields();
  const [page, other] = [fieldsOf('Content-Type: text/html\r\n'), fieldsOf('Content-Type: text/html\r\n')];
  const result = edited.keep(page, 'a', page.with('X', 'a'));
  equal(edited.get(page, 'a'), result);
  equal(edited.get(page, 'b'), undefined);
  equal(edited.get(other, 'a'), undefined);
  for (let count = 0; count < 100; count += 1) {
    edited.keep(page, String(count), page);
  }
  equal(edited.get(page, 'a'), undefined);
  equal(edited.get(page, '99'), page);
});
