/**
 * Which site a host belongs to: the exact name, else the longest suffix (`*.example.com`), else the longest prefix (`www.example.*`), else the first regex that
 * matches, else the fallback. A thousand sites cost what one costs.
 */

import type { ServerName } from '../../config/model/server-model.ts';
import type { Pattern } from '../../config/model/template.ts';
import type { Captures } from '../pipeline/route.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import { WildcardTable } from './wildcard-table.ts';

export interface HostEntry<T> {
  readonly name: ServerName;
  readonly value: T;
}

export interface FoundHost<T> {
  readonly value: T;
  /** Of the regex that has matched, and that regex, which gives them to the route. */
  readonly match: { readonly captures: Captures; readonly pattern: CompiledPattern } | undefined;
}

export class HostTable<T> {
  readonly #exact = new Map<string, FoundHost<T>>();
  readonly #wildcards = new WildcardTable<FoundHost<T>>();
  readonly #patterns: { readonly pattern: CompiledPattern; readonly value: T }[] = [];
  readonly #fallback: FoundHost<T>;

  /** Of entries with one name the first counts. */
  constructor(entries: readonly HostEntry<T>[], fallback: T, compile: (pattern: Pattern) => CompiledPattern) {
    this.#fallback = { value: fallback, match: undefined };
    for (const { name, value } of entries) {
      if (name.kind === 'regex') {
        this.#patterns.push({ pattern: compile(name.pattern), value });
      } else if (name.kind !== 'exact') {
        this.#wildcards.add(name.text.toLowerCase(), { value, match: undefined });
      } else if (!this.#exact.has(name.text.toLowerCase())) {
        this.#exact.set(name.text.toLowerCase(), { value, match: undefined });
      }
    }
  }

  /** `host`: in lower case, without port and final dot; '' if the request names none. */
  find(host: string): FoundHost<T> {
    return this.#exact.get(host) ?? this.#wildcards.find(host) ?? this.#byPattern(host) ?? this.#fallback;
  }

  #byPattern(host: string): FoundHost<T> | undefined {
    for (const { pattern, value } of host === '' ? [] : this.#patterns) {
      const captures = pattern.match(host);
      if (captures !== undefined) {
        return { value, match: { captures, pattern } };
      }
    }
    return undefined;
  }
}
