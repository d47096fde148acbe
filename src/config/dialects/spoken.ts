// What a command line comes to, for the tests of the dialects.

import assert from 'node:assert/strict';
import { failure, success } from '../../kernel/outcome.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { renderPlace } from '../place.ts';
import type { ServeRequest } from '../serve-options.ts';
import type { Dialect } from './option.ts';
import type { DialectReading } from './read-dialect.ts';
import { readDialect } from './read-dialect.ts';

export interface Spoken {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly hasSockets?: boolean;
}

export function read(
  dialect: Dialect,
  args: readonly string[],
  { env = {}, files = {}, hasSockets = false }: Spoken = {},
): DialectReading {
  return readDialect(dialect, args, {
    machine: { env, coreCount: 6, hasSockets },
    readText: (path) => {
      const text = files[path];
      return text === undefined ? failure('it cannot be read (ENOENT)') : success(text);
    },
  });
}

/** The request of a command line without errors. */
export function requestOf(dialect: Dialect, args: readonly string[], spoken: Spoken = {}): ServeRequest {
  const { request, diagnostics } = read(dialect, args, spoken);
  assert.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.ok(request);
  return request;
}

/** `code at` of each fault of a severity. */
export function faultsOf(
  dialect: Dialect,
  args: readonly string[],
  { severity = 'error', ...spoken }: Spoken & { readonly severity?: Diagnostic['severity'] } = {},
): string[] {
  return read(dialect, args, spoken)
    .diagnostics.filter((fault) => fault.severity === severity)
    .map(({ code, place }) => `${code} ${renderPlace(place)}`);
}

/** Every name of every option, each once; a table that has one twice fails. */
export function namesOf({ options }: Dialect): string[] {
  const names = options.flatMap(({ names: own, negation }) => [...own, ...(negation === undefined ? [] : [negation])]);
  assert.equal(new Set(names).size, names.length, 'a name is in two rows');
  for (const other of [options.flatMap(({ variable }) => variable ?? []), options.flatMap(({ key }) => key ?? [])]) {
    assert.equal(new Set(other).size, other.length, 'a variable or a key is in two rows');
  }
  return names.toSorted();
}
