/** `map`: a value by a text. Exact texts first, in whatever case, then names with wildcards, then regexes in their order, then what is left. */

import type { Template } from '../../config/model/template.ts';
import type { DefinedVariable } from '../../config/model/variables.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { Captures, Subject, TemplateFor, VariableFor } from '../pipeline/subject.ts';
import { bytesOf } from './bytes-of.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import type { TextCompiler } from './text-compiler.ts';
import { WildcardTable } from './wildcard-table.ts';

type MapModel = Extract<DefinedVariable, { readonly kind: 'map' }>;

export function compileMap<S extends Subject>(model: MapModel, compiler: TextCompiler<S>): VariableFor<S> {
  const source = compiler.template(model.source);
  const exact = new Map<string, TemplateFor<S>>();
  const wildcards = new WildcardTable<TemplateFor<S>>();
  for (const [key, value] of model.exact) {
    const name = lowerAscii(bytesOf(key));
    const template = compiler.template(value);
    if (model.hasHostnames && isWildcard(name)) {
      if (name.startsWith('.') && !exact.has(name.slice(1))) {
        exact.set(name.slice(1), template);
      }
      wildcards.add(name, template);
    } else if (!exact.has(name)) {
      exact.set(name, template);
    }
  }
  const patterns = model.patterns.map(([pattern, value]): readonly [CompiledPattern, TemplateFor<S>] => [
    compiler.pattern(pattern),
    compiler.template(value),
  ]);
  const fallback = compiler.template(model.fallback);
  const find = (text: string, subject: S): Found<S> => {
    const lower = keyOf(text, model.hasHostnames);
    const value = exact.get(lower) ?? (wildcards.isEmpty ? undefined : wildcards.find(lower));
    if (value !== undefined) {
      return { value, match: undefined };
    }
    for (const [pattern, matched] of patterns) {
      subject.countMatch(text.length);
      const captures = pattern.match(text);
      if (captures !== undefined) {
        return { value: matched, match: { pattern, captures } };
      }
    }
    return { value: fallback, match: undefined };
  };
  const memory = patterns.length > 0 && isRepeated(model.source) ? new FoundMemory<S>(find) : undefined;
  return (subject) => {
    const text = renderTemplate(source, subject);
    const { value, match } = memory === undefined ? find(text, subject) : memory.find(text, subject);
    match?.pattern.assign(match.captures, subject);
    return renderTemplate(value, subject);
  };
}

interface Found<S> {
  readonly value: TemplateFor<S>;
  /** Of the regex that has matched, which gives its captures to each subject. */
  readonly match: { readonly pattern: CompiledPattern; readonly captures: Captures } | undefined;
}

/** Variables whose text comes again and again, and is no secret: a memory that requests share must not hold one. */
const REPEATED: ReadonlySet<string> = new Set([
  ...['host', 'http_accept', 'http_accept_encoding', 'http_accept_language', 'http_host', 'http_origin'],
  ...['http_user_agent', 'remote_addr', 'request_method', 'sent_http_content_type', 'ssl_protocol', 'ssl_server_name'],
]);

function isRepeated(source: Template): boolean {
  const parts = typeof source === 'string' ? [source] : source;
  return parts.every((part) => typeof part === 'string' || ('variable' in part && REPEATED.has(part.variable)));
}

/** What was found for texts that come again and again: a list of crawlers costs each request a dozen regexes. Clients make texts up too, so there is an end to it. */
const REMEMBERED_MAX = 256;
const REMEMBERED_CHARS_MAX = 512;

class FoundMemory<S> {
  readonly #find: (text: string, subject: S) => Found<S>;
  readonly #remembered = new Map<string, Found<S>>();

  constructor(find: (text: string, subject: S) => Found<S>) {
    this.#find = find;
  }

  find(text: string, subject: S): Found<S> {
    const known = this.#remembered.get(text);
    if (known !== undefined) {
      return known;
    }
    if (text.length > REMEMBERED_CHARS_MAX) {
      return this.#find(text, subject);
    }
    // A text of its own: this one may be a piece of the whole head, which would be kept for it.
    const own = Buffer.from(text, 'latin1').latin1Slice();
    const found = this.#find(own, subject);
    if (this.#remembered.size >= REMEMBERED_MAX) {
      this.#remembered.clear();
    }
    this.#remembered.set(own, found);
    return found;
  }
}

function keyOf(text: string, isHost: boolean): string {
  const lower = lowerAscii(text);
  return isHost && lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function isWildcard(name: string): boolean {
  return name.startsWith('.') || name.startsWith('*.') || name.endsWith('.*');
}

/** Bytes beyond ASCII are parts of letters, and have no case of their own. */
function lowerAscii(text: string): string {
  return /[^\0-\x7f]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}
