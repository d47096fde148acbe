/** Variables that a file defines, and memory that is shared, as portico.toml has them. The name is the key of each table. */

import { failure, success } from '../../../kernel/outcome.ts';
import type { Zone } from '../../model/access.ts';
import type { CharsetMap } from '../../model/bodies.ts';
import type { Pattern, Template } from '../../model/template.ts';
import type { DefinedVariable } from '../../model/variables.ts';
import type { Kind } from '../kind.ts';
import { describe, FAULTY } from '../kind.ts';
import { notePattern } from '../note-names.ts';
import { choice, FLAG, SIZE, scalar, TEMPLATE, TEXT } from '../scalars.ts';
import { field, list, pairs, required, table } from '../table.ts';

type Named<T> = Omit<T, 'name' | 'variable'>;
type OfKind<K extends DefinedVariable['kind']> = Omit<Extract<DefinedVariable, { kind: K }>, 'kind' | 'variable'>;
type MapTable = Omit<OfKind<'map'>, 'exact' | 'patterns'> & {
  readonly values: readonly (readonly [string, Template])[];
};

const MAP_TABLE: Kind<MapTable> = table<MapTable>({
  source: required<Template>('from', TEMPLATE, '', 'What is looked up.'),
  values: field<MapTable['values']>(
    'values',
    pairs(TEMPLATE, 'a table: text = value'),
    [],
    'Values by text; a key that begins with `~` (or `~*`) is a regex.',
  ),
  fallback: field<Template>('default', TEMPLATE, '', 'The value for what is not in the table.'),
  hasHostnames: field<boolean>(
    'hostnames',
    FLAG,
    false,
    'Keys may be `*.example.com`, `.example.com`, `www.example.*`.',
  ),
  isVolatile: field<boolean>('volatile', FLAG, false, 'Look it up each time it is asked for.'),
});

export const MAP: Kind<OfKind<'map'>> = {
  words: MAP_TABLE.words,
  schema: MAP_TABLE.schema,
  parts: MAP_TABLE.parts ?? [],
  read: (value, path, reading) => {
    const read = MAP_TABLE.read(value, path, reading, undefined);
    if (read === FAULTY) {
      return FAULTY;
    }
    const { values, ...rest } = read;
    const isPattern = ([key]: readonly [string, Template]): boolean => key.startsWith('~');
    for (const [key] of values.filter(isPattern)) {
      notePattern(patternOf(key), [...path, 'values', key], reading);
    }
    return {
      ...rest,
      // A backslash in front keeps a key from being a regex, as in nginx.
      exact: values.filter((pair) => !isPattern(pair)).map(([key, each]) => [key.replace(/^\\/, ''), each] as const),
      patterns: values.filter(isPattern).map(([key, each]) => [patternOf(key), each] as const),
    };
  },
  write: ({ exact, patterns, ...rest }) =>
    MAP_TABLE.write(
      {
        ...rest,
        values: [
          ...exact.map(([key, each]) => [/^[~\\]/.test(key) ? `\\${key}` : key, each] as const),
          ...patterns.map(([{ text, isCaseless }, each]) => [`~${isCaseless ? '*' : ''}${text}`, each] as const),
        ],
      },
      undefined,
    ),
};

function patternOf(key: string): Pattern {
  const isCaseless = key.startsWith('~*');
  return { text: key.slice(isCaseless ? 2 : 1), isCaseless };
}

export const GEO: Kind<OfKind<'geo'>> = table<OfKind<'geo'>>({
  source: field<Template>('from', TEMPLATE, [{ variable: 'remote_addr' }], 'The address that is looked up.'),
  networks: field<OfKind<'geo'>['networks']>(
    'networks',
    pairs(TEXT, 'a table: block = value'),
    [],
    'Values by CIDR block, or by `first-last`.',
  ),
  fallback: field<string>('default', TEXT, '', 'The value for every other address.'),
  proxies: field<readonly string[]>(
    'proxies',
    list(TEXT),
    [],
    'Proxies whose `X-Forwarded-For` is looked up in their place.',
  ),
  isProxyRecursive: field<boolean>('proxy-recursive', FLAG, false, 'Pass over trusted addresses at its end.'),
  isVolatile: field<boolean>('volatile', FLAG, false, 'Look it up each time it is asked for.'),
});

type Part = OfKind<'split'>['parts'][number];

export const SPLIT: Kind<OfKind<'split'>> = table<OfKind<'split'>>({
  source: required<Template>('from', TEMPLATE, '', 'What is split by its hash.'),
  parts: required<readonly Part[]>(
    'parts',
    list(
      table<Part>({
        share: field<number | undefined>(
          'percent',
          scalar<number>({
            words: 'a number with two decimals',
            schema: { type: 'number', minimum: 0.01, maximum: 100 },
            parse: (value) =>
              typeof value === 'number' && value > 0 && value <= 100
                ? success(Math.round(value * 100))
                : failure(`${describe(value)} is not a part of a hundred`),
            render: (share) => share / 100,
          }),
          undefined,
          'How much of it; the last may say nothing: the rest.',
        ),
        value: required<string>('value', TEXT, '', 'The value for this part.'),
      }),
    ),
    [],
    'The parts.',
  ),
});

/** `10r/s`, `30r/m`: requests in 1000 seconds. */
const RATE: Kind<number> = scalar<number>({
  words: '`10r/s` or `30r/m`',
  schema: { type: 'string', pattern: '^\\d+r/[sm]$' },
  parse: (value) => {
    const [, number, unit] = typeof value === 'string' ? (/^([1-9]\d{0,8})r\/([sm])$/.exec(value) ?? []) : [];
    return number === undefined
      ? failure(`${describe(value)} is not a rate. Write "10r/s" or "30r/m"`)
      : success(Math.floor((Number(number) * 1000) / (unit === 's' ? 1 : 60)));
  },
  render: (rate) => (rate % 1000 === 0 ? `${rate / 1000}r/s` : `${Math.round((rate * 60) / 1000)}r/m`),
});

export const ZONE: Kind<Named<Zone>> = table<Named<Zone>>({
  kind: field<Zone['kind']>('kind', choice('requests', 'connections'), 'requests', 'What is counted.'),
  key: required<Template>('key', TEMPLATE, '', 'By what; nothing is counted where it comes out empty.'),
  bytes: field<number>('size', SIZE, 10 * 2 ** 20, 'How much memory it has.'),
  ratePerKilosecond: field<number>('rate', RATE, 0, 'How many requests are let through.'),
});

export const CHARSET_MAP: Kind<CharsetMap> = table<CharsetMap>({
  from: required<string>('from', TEXT, '', 'One charset.'),
  to: required<string>('to', TEXT, '', 'The other.'),
  pairs: field<CharsetMap['pairs']>(
    'bytes',
    pairs(TEXT, 'a table: byte = bytes'),
    [],
    'What is converted to what, in hex.',
  ),
});
