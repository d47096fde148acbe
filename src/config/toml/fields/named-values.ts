/** Fields and parameters that a server gets, in the order in which it gets them. */

import type { ProxyRequest } from '../../model/proxying.ts';
import type { Template } from '../../model/template.ts';
import type { Kind, Path, Reading, TomlTable } from '../kind.ts';
import { FAULTY, isTable } from '../kind.ts';
import { FLAG, TEMPLATE, TEXT } from '../scalars.ts';
import { field, list, required, table } from '../table.ts';

type SetField = ProxyRequest['fields'][number];
type Parameter = ProxyRequest['parameters'][number];

/** A table adds to what holds around it, name by name; a list stands in its place. */
function adding<T extends { readonly name: string }>(
  each: Kind<T>,
  {
    of,
    isSame,
  }: { readonly of: (name: string, value: Template) => T; readonly isSame: (one: string, other: string) => boolean },
): Kind<readonly T[]> {
  const whole = list(each);
  return {
    words: 'a table: name = value, or a list of tables',
    schema: { anyOf: [whole.schema, { type: 'object', additionalProperties: { type: 'string' } }] },
    read: (value, path, reading, around) => {
      if (!isTable(value)) {
        return whole.read(value, path, reading, undefined);
      }
      const added = readTable(value, of, path, reading);
      if (added === FAULTY) {
        return FAULTY;
      }
      const kept = (around ?? []).filter(({ name }) => !added.some((one) => isSame(one.name, name)));
      return [...kept, ...added];
    },
    write: (values, around) => whole.write(values, around),
  };
}

function readTable<T>(
  value: TomlTable,
  of: (name: string, value: Template) => T,
  path: Path,
  reading: Reading,
): readonly T[] | typeof FAULTY {
  const read = Object.entries(value).map(([name, said]) => {
    const template = TEMPLATE.read(said, [...path, name], reading, undefined);
    return template === FAULTY ? FAULTY : of(name, template);
  });
  return read.includes(FAULTY) ? FAULTY : (read as T[]);
}

const SET_FIELD: Kind<SetField> = table<SetField>({
  name: required<string>('name', TEXT, '', 'Its name.'),
  value: field<Template>('value', TEMPLATE, '', 'Its value; where it comes out empty, there is no such field.'),
});

export const SET_FIELDS: Kind<readonly SetField[]> = adding(SET_FIELD, {
  of: (name, value) => ({ name, value }),
  isSame: (one, other) => one.toLowerCase() === other.toLowerCase(),
});

const PARAMETER: Kind<Parameter> = table<Parameter>({
  name: required<string>('name', TEXT, '', 'Its name.'),
  value: field<Template>('value', TEMPLATE, '', 'Its value.'),
  ifNotEmpty: field<boolean>('if-not-empty', FLAG, false, 'It is left out where it comes out empty.'),
});

export const PARAMETERS: Kind<readonly Parameter[]> = adding(PARAMETER, {
  of: (name, value) => ({ name, value, ifNotEmpty: false }),
  isSame: (one, other) => one === other,
});
