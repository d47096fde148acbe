/** Text of the model as functions of the request; what is constant comes back as a plain string. */

import type { Template, TemplatePart } from '../../config/model/template.ts';
import { escapeArgument } from '../pipeline/escape-uri.ts';
import type { CompiledTemplate, Route } from '../pipeline/route.ts';
import type { Variable } from '../pipeline/variables/variable.ts';
import { bytesOf } from './bytes-of.ts';

export type VariableOf = (name: string) => Variable;

type Part = string | ((route: Route) => string);

/** `quotes`: captures are escaped, as nginx does where they become a part of arguments. */
export function compileTemplate(template: Template, variableOf: VariableOf, quotes = false): CompiledTemplate {
  if (typeof template === 'string') {
    return bytesOf(template);
  }
  return joined(template.map((part) => compilePart(part, variableOf, quotes)));
}

function compilePart(part: TemplatePart, variableOf: VariableOf, quotes: boolean): Part {
  if (typeof part === 'string') {
    return bytesOf(part);
  }
  if ('variable' in part) {
    const variable = variableOf(part.variable);
    return (route) => variable(route) ?? '';
  }
  const index = part.capture;
  return quotes
    ? (route) => {
        const text = route.captures?.[index] ?? '';
        return route.isQuoted ? escapeArgument(text) : text;
      }
    : (route) => route.captures?.[index] ?? '';
}

function joined(parts: readonly Part[]): CompiledTemplate {
  const [first = '', second, ...more] = parts;
  if (second === undefined) {
    return first;
  }
  if (parts.every((part) => typeof part === 'string')) {
    return parts.join('');
  }
  if (more.length === 0) {
    return (route) => textOf(first, route) + textOf(second, route);
  }
  return (route) => {
    let text = '';
    for (const part of parts) {
      text += typeof part === 'string' ? part : part(route);
    }
    return text;
  };
}

function textOf(part: Part, route: Route): string {
  return typeof part === 'string' ? part : part(route);
}
