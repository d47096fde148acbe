/** The filter that replaces text in bodies: `sub_filter`. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { CompiledTemplate, Filter, Route } from '../../pipeline/route.ts';
import { forgetContent } from '../changed-body.ts';
import { FILTER_LIMITS } from '../limits.ts';
import { compileMediaTypes } from '../media-type-set.ts';
import { PatternAutomaton } from './pattern-automaton.ts';
import { SubstituteWriter } from './substitute-writer.ts';

interface Pair {
  readonly from: CompiledTemplate;
  readonly to: CompiledTemplate;
}

interface Patterns {
  readonly automaton: PatternAutomaton;
  readonly to: readonly CompiledTemplate[];
}

export function compileSubstitutions({ substitutions }: Scope, compilation: Compilation): Filter | undefined {
  if (substitutions === undefined || substitutions.pairs.length === 0) {
    return undefined;
  }
  const { isOnce, keepsLastModified, types } = substitutions;
  const pairs = substitutions.pairs.map(({ from, to }) => ({
    from: compilation.template(from),
    to: compilation.template(to),
  }));
  const isType = compileMediaTypes(types);
  const patternsFor = compilePatterns(pairs);
  return (answer, route) => {
    const patterns = answer.length === 0 || !isType(answer.fields) ? undefined : patternsFor(route);
    if (patterns === undefined) {
      return undefined;
    }
    const { automaton, to } = patterns;
    // What a subrequest says of its body is never sent.
    if (route.main === route) {
      forgetContent(answer, keepsLastModified);
    }
    const made: (Buffer | undefined)[] = [];
    const replacement = (pattern: number): Buffer => (made[pattern] ??= render(to[pattern] ?? '', route));
    return (next, before) => new SubstituteWriter({ automaton, replacement, isOnce, count: to.length }, next, before);
  };
}

function render(template: CompiledTemplate, route: Route): Buffer {
  return Buffer.from(typeof template === 'string' ? template : template(route), 'latin1');
}

/** Where all patterns are constants the automaton is made once. */
function compilePatterns(pairs: readonly Pair[]): (route: Route) => Patterns | undefined {
  if (pairs.every(({ from }) => typeof from === 'string')) {
    const constant = patternsOf(pairs.map(({ from, to }) => ({ from: Buffer.from(String(from), 'latin1'), to })));
    return () => constant;
  }
  return (route) => {
    const rendered = pairs.map(({ from, to }) => ({ from: render(from, route), to }));
    const bytes = rendered.reduce((sum, { from }) => sum + from.length, 0);
    if (bytes > FILTER_LIMITS.dynamicPatternBytesMax) {
      route.log(
        'error',
        `sub_filter: the patterns of a request have ${bytes} bytes, which are too many; nothing is replaced`,
      );
      return undefined;
    }
    return patternsOf(rendered);
  };
}

/** A pattern that is empty is left out; undefined: so are all. */
function patternsOf(pairs: readonly { readonly from: Buffer; readonly to: CompiledTemplate }[]): Patterns | undefined {
  const kept = pairs.filter(({ from }) => from.length > 0);
  return kept.length === 0
    ? undefined
    : { automaton: new PatternAutomaton(kept.map(({ from }) => from)), to: kept.map(({ to }) => to) };
}
