/** The filter that runs the commands of pages: `ssi`. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Regex } from '../../../kernel/regex/regex.ts';
import { compileRegex, TOO_COSTLY_MATCH } from '../../../kernel/regex/regex.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { Filter, Route } from '../../pipeline/route.ts';
import type { Variable } from '../../pipeline/variables/variable.ts';
import { forgetContent } from '../changed-body.ts';
import { compileMediaTypes } from '../media-type-set.ts';
import type { SsiNames } from './expression.ts';
import type { SsiState } from './ssi-state.ts';
import { ssiStateOf } from './ssi-state.ts';
import { SsiWriter } from './ssi-writer.ts';

/** Names of variables, and regexes, that pages have and that are remembered: a site has tens. */
const REMEMBERED_MAX = 1000;

export function compileIncludes({ includes }: Scope, compilation: Compilation): Filter | undefined {
  if (includes === undefined) {
    return undefined;
  }
  const { isSilent, keepsLastModified, valueLengthMax } = includes;
  const isType = compileMediaTypes(includes.types);
  const variables = new Map<string, Variable>();
  const regexes = new Map<string, Regex | null>();
  return (answer, route) => {
    if (answer.length === 0 || !isType(answer.fields)) {
      return undefined;
    }
    // What a subrequest says of its body is never sent.
    if (route.main === route) {
      forgetContent(answer, keepsLastModified);
    }
    const state = ssiStateOf(route);
    const names: SsiNames = {
      lookUp: (name) => lookUp(name, route, state, variableOf(name, variables, compilation)),
      matches: (regex, text) => match(regex, text, state, regexes),
    };
    return (next, before) => new SsiWriter({ route, state, names, valueLengthMax, isSilent }, next, before);
  };
}

function lookUp(name: string, route: Route, state: SsiState, variable: Variable | undefined): string | undefined {
  if (/^\d$/.test(name)) {
    return state.captures[Number(name)];
  }
  return state.variables.get(name) ?? variable?.(route);
}

function variableOf(name: string, known: Map<string, Variable>, compilation: Compilation): Variable | undefined {
  let variable = known.get(name);
  if (variable === undefined && known.size < REMEMBERED_MAX) {
    variable = compilation.variable(name);
    known.set(name, variable);
  }
  return variable;
}

function match(text: string, subject: string, state: SsiState, known: Map<string, Regex | null>): boolean | undefined {
  let regex = known.get(text);
  if (regex === undefined) {
    const compiled = compileRegex(text, { caseless: false });
    regex = compiled.ok ? compiled.value : null;
    if (known.size < REMEMBERED_MAX) {
      known.set(text, regex);
    }
  }
  const found = regex?.match(subject);
  if (regex === null || found === TOO_COSTLY_MATCH) {
    return undefined;
  }
  if (found !== undefined) {
    state.captures = found;
    for (const [name, group] of regex.groups.names) {
      state.set(name.toLowerCase(), found[group] ?? '');
    }
  }
  return found !== undefined;
}
