/**
 * Which site a host belongs to: the exact name, else the longest suffix (`*.example.com`), else the longest prefix (`www.example.*`), else the first regex that
 * matches, else the fallback. A thousand sites cost what one costs.
 */

import type { ServerName } from '../../config/model/server-model.ts';
import type { Pattern } from '../../config/model/template.ts';
import { MatchBudget } from '../pipeline/match-budget.ts';
import type { Captures } from '../pipeline/subject.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import { readHostName } from './host-name.ts';
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

/** Made-up names are remembered too, so there is an end to it. */
const REMEMBERED_MAX = 1024;
const REMEMBERED_CHARS_MAX = 256;

export class HostTable<T> {
  readonly #exact = new Map<string, FoundHost<T>>();
  readonly #wildcards = new WildcardTable<FoundHost<T>>();
  readonly #patterns: { readonly pattern: CompiledPattern; readonly value: T }[] = [];
  readonly #fallback: FoundHost<T>;
  readonly #remembered = new Map<string, FoundHost<T>>();
  /** The last one, as its request has it: most requests name one host, and lines that repeat are one text for all connections of a thread. */
  #authority: string | undefined;
  #last: FoundHost<T> | undefined;

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

  /** Throws `CostlyMatch`. The site of a request by the authority that it names; undefined: no host can be called that. The few that clients of a listener name are remembered. */
  findFor(authority: string): FoundHost<T> | undefined {
    if (authority === this.#authority) {
      return this.#last;
    }
    const known = this.#remembered.get(authority);
    if (known !== undefined) {
      this.#authority = authority;
      this.#last = known;
      return known;
    }
    const host = readHostName(authority);
    if (host === undefined) {
      return undefined;
    }
    const found = this.find(host);
    if (authority.length <= REMEMBERED_CHARS_MAX) {
      if (this.#remembered.size >= REMEMBERED_MAX) {
        this.#remembered.clear();
      }
      // A text of its own: the authority may be a piece of the whole head, which would be kept for it.
      this.#remembered.set(Buffer.from(authority, 'latin1').toString('latin1'), found);
    }
    return found;
  }

  /** `host`: in lower case, without port and final dot; '' if the request names none. */
  find(host: string): FoundHost<T> {
    return this.#exact.get(host) ?? this.#wildcards.find(host) ?? this.#byPattern(host) ?? this.#fallback;
  }

  #byPattern(host: string): FoundHost<T> | undefined {
    if (host === '' || this.#patterns.length === 0) {
      return undefined;
    }
    // Each match has a bound, and a thousand sites may have a thousand of them.
    const budget = new MatchBudget();
    for (const { pattern, value } of this.#patterns) {
      budget.count(host.length);
      const captures = pattern.match(host);
      if (captures !== undefined) {
        return { value, match: { captures, pattern } };
      }
    }
    return undefined;
  }
}
