/** `valid_referers`: $invalid_referer is 1 for a request that a page has led to which is not among them. */

import type { ValidReferers } from '../../../config/model/access.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { ServerName } from '../../../config/model/server-model.ts';
import type { Pattern } from '../../../config/model/template.ts';
import type { TextPattern } from '../../referers/referer-rules.ts';
import { RefererRules } from '../../referers/referer-rules.ts';
import type { Compilation } from '../compilation.ts';
import type { Variable } from './variable.ts';

/** Where nothing is said of pages, all may lead here: the variable is empty, which a log tells from one without a value. */
const welcome: Variable = () => '';

export function compileInvalidReferer({ referers }: Scope, compilation: Compilation): Variable {
  if (referers === undefined) {
    return welcome;
  }
  if (!referers.allowsServerNames) {
    const rules = rulesOf(referers, [], compilation);
    return ({ exchange }) => (rules.isWelcome(exchange.block.get('referer')) ? '' : '1');
  }
  // Sites may have the scope in common, and each has names of its own.
  const bySite = new Map<number, RefererRules>();
  for (let id = 0; id < compilation.model.sites.length; id += 1) {
    bySite.set(id, rulesOf(referers, namesOf(id, compilation), compilation));
  }
  return ({ exchange, site }) => (bySite.get(site.id)?.isWelcome(exchange.block.get('referer')) === true ? '' : '1');
}

function namesOf(site: number, { model }: Compilation): readonly ServerName[] {
  return model.listeners.flatMap(({ names }) => names.filter((entry) => entry.site === site).map(({ name }) => name));
}

function rulesOf(referers: ValidReferers, own: readonly ServerName[], compilation: Compilation): RefererRules {
  const { allowsNone, allowsBlocked } = referers;
  const named = referers.names.filter((name) => !name.startsWith('~'));
  const regexes = referers.names.filter((name) => name.startsWith('~'));
  return new RefererRules({
    allowsNone,
    allowsBlocked,
    names: [...own.flatMap(textOfName), ...named].map((name) => bytesOf(name, compilation)),
    patterns: regexes.map((regex) => patternOf({ text: regex.slice(1), isCaseless: true }, compilation)),
    hostPatterns: own.flatMap((name) => (name.kind === 'regex' ? [patternOf(name.pattern, compilation)] : [])),
  });
}

/** With its star. */
function textOfName(name: ServerName): string[] {
  switch (name.kind) {
    case 'exact':
      return [name.text];
    case 'suffix':
      return [`*${name.text}`];
    case 'prefix':
      return [`${name.text}*`];
    case 'regex':
      return [];
  }
}

function patternOf(pattern: Pattern, compilation: Compilation): TextPattern {
  const compiled = compilation.pattern(pattern);
  return { test: (subject) => compiled.match(subject) !== undefined };
}

/** A text without variables is compiled to the bytes that it stands for. */
function bytesOf(text: string, compilation: Compilation): string {
  const template = compilation.template(text);
  return typeof template === 'string' ? template : '';
}
