/**
 * What a text of portico.toml takes from elsewhere: `{env.NAME}` from the environment, `{env.NAME:default}`, and `{file./run/secrets/key}` from a file, without
 * the line's end. They are replaced before anything else is read of the text, and what they bring is not searched again.
 */

import { resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import type { Path, TomlTable, TomlValue } from './kind.ts';
import { isTable } from './kind.ts';
import { LITERAL_DOLLAR } from './template-text.ts';

export interface Elsewhere {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The text of a file of secrets; the failure is a sentence without its full stop. */
  readonly readSecret: (path: string) => Outcome<string>;
}

/** The file in which the texts stand. */
interface Filling {
  /** Paths of secrets are relative to it. */
  readonly folder: string;
  reportUnfilled(path: Path, message: string): void;
}

const PLACEHOLDER = /\{(?:env\.([A-Za-z_]\w*)(?::([^{}]*))?|file\.([^{}]+))\}/g;

export function replacePlaceholders(table: TomlTable, elsewhere: Elsewhere, filling: Filling): TomlTable {
  return replaceIn(table, [], elsewhere, filling) as TomlTable;
}

function replaceIn(value: TomlValue, path: Path, elsewhere: Elsewhere, filling: Filling): TomlValue {
  if (typeof value === 'string') {
    return value.includes('{') ? replaceText(value, path, elsewhere, filling) : value;
  }
  if (Array.isArray(value)) {
    return (value as readonly TomlValue[]).map((each, index) => replaceIn(each, [...path, index], elsewhere, filling));
  }
  if (isTable(value)) {
    const entries = Object.entries(value).map(([key, each]) => [
      key,
      replaceIn(each, [...path, key], elsewhere, filling),
    ]);
    return Object.fromEntries(entries) as TomlTable;
  }
  return value;
}

function replaceText(text: string, path: Path, { env, readSecret }: Elsewhere, filling: Filling): string {
  return text.replace(PLACEHOLDER, (whole, name?: string, fallback?: string, file?: string) => {
    if (file !== undefined) {
      const read = readSecret(resolve(filling.folder, file));
      if (!read.ok) {
        filling.reportUnfilled(path, `${whole}: ${read.fault}`);
      }
      return read.ok ? literal(read.value.replace(/\r?\n$/, '')) : '';
    }
    const value = env[name ?? ''] ?? fallback;
    if (value === undefined) {
      filling.reportUnfilled(
        path,
        `${whole}: there is no such variable in the environment. "{env.${name}:default}" says what holds without it`,
      );
    }
    return literal(value ?? '');
  });
}

/** A dollar that a secret holds begins no variable. */
function literal(text: string): string {
  return text.replaceAll('$', LITERAL_DOLLAR);
}
