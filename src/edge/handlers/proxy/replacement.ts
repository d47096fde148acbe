/** What takes the place of a part of a value that a server has answered: `proxy_redirect`, `proxy_cookie_path`, `proxy_cookie_domain`. */

import type { Replaced, Replacement } from '../../../config/model/proxying.ts';
import type { Compilation, RoutePattern } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';

/** Undefined: it does not fit. */
export type Replace = (value: string, route: Route) => string | undefined;

type TextCompiler = Pick<Compilation, 'template' | 'pattern'>;

/** A text replaces what it stands for at the beginning of the value; a regex all of the value. */
export function compilePrefixReplacement(replacement: Replacement, compilation: TextCompiler): Replace {
  return compile(replacement, compilation, (value, from, to, route) => {
    const prefix = renderTemplate(from, route);
    return value.startsWith(prefix) ? renderTemplate(to, route) + value.slice(prefix.length) : undefined;
  });
}

/** A domain, in whatever case, with or without a dot in front: one that is there stays. */
export function compileDomainReplacement(replacement: Replacement, compilation: TextCompiler): Replace {
  return compile(replacement, compilation, (value, from, to, route) => {
    const dot = value.startsWith('.') ? '.' : '';
    const domain = renderTemplate(from, route).replace(/^\./, '').toLowerCase();
    return value.slice(dot.length).toLowerCase() === domain ? dot + renderTemplate(to, route) : undefined;
  });
}

type ReplaceText = (value: string, from: CompiledTemplate, to: CompiledTemplate, route: Route) => string | undefined;

function compile({ from, to }: Replacement, compilation: TextCompiler, replaceText: ReplaceText): Replace {
  const made = compilation.template(to);
  if ('pattern' in from) {
    const pattern = compilation.pattern(from.pattern);
    return (value, route) => (pattern.test(value, route) ? renderTemplate(made, route) : undefined);
  }
  const text = compilation.template(from.text);
  return (value, route) => replaceText(value, text, made, route);
}

/** By the first that fits. */
export function replaceFirst(replacements: readonly Replace[], value: string, route: Route): string | undefined {
  for (const replace of replacements) {
    const fresh = replace(value, route);
    if (fresh !== undefined) {
      return fresh;
    }
  }
  return undefined;
}

/** Whether a name is meant: a text in whatever case, or a regex. */
export function compileNameMatch(
  replaced: Replaced,
  compilation: TextCompiler,
): (name: string, route: Route) => boolean {
  if ('pattern' in replaced) {
    const pattern: RoutePattern = compilation.pattern(replaced.pattern);
    return (name, route) => pattern.test(name, route);
  }
  const text = compilation.template(replaced.text);
  return (name, route) => renderTemplate(text, route).toLowerCase() === name.toLowerCase();
}
