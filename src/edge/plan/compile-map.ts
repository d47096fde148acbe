/** `map`: a value by a text. Exact texts first, in whatever case, then names with wildcards, then regexes in their order, then what is left. */

import type { DefinedVariable } from '../../config/model/variables.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { CompiledTemplate } from '../pipeline/route.ts';
import type { Variable } from '../pipeline/variables/variable.ts';
import { bytesOf } from './bytes-of.ts';
import type { CompiledPattern } from './compile-pattern.ts';
import type { TextCompiler } from './text-compiler.ts';
import { WildcardTable } from './wildcard-table.ts';

type MapModel = Extract<DefinedVariable, { readonly kind: 'map' }>;

export function compileMap(model: MapModel, compiler: TextCompiler): Variable {
  const source = compiler.template(model.source);
  const exact = new Map<string, CompiledTemplate>();
  const wildcards = new WildcardTable<CompiledTemplate>();
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
  const patterns = model.patterns.map(([pattern, value]): readonly [CompiledPattern, CompiledTemplate] => [
    compiler.pattern(pattern),
    compiler.template(value),
  ]);
  const fallback = compiler.template(model.fallback);
  return (route) => {
    const text = renderTemplate(source, route);
    const lower = keyOf(text, model.hasHostnames);
    const found = exact.get(lower) ?? (wildcards.isEmpty ? undefined : wildcards.find(lower));
    if (found !== undefined) {
      return renderTemplate(found, route);
    }
    for (const [pattern, value] of patterns) {
      if (pattern.test(text, route)) {
        return renderTemplate(value, route);
      }
    }
    return renderTemplate(fallback, route);
  };
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
