/** Text of the model as functions of the request, or of the session of a stream; what is constant comes back as a plain string. */

import type { Template, TemplatePart } from '../../config/model/template.ts';
import { escapeArgument } from '../pipeline/escape-uri.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { Subject, TemplateFor, VariableFor } from '../pipeline/subject.ts';
import { bytesOf } from './bytes-of.ts';

export type VariableOf<S> = (name: string) => VariableFor<S>;

/** `quotes`: captures are escaped, as nginx does where they become a part of arguments. */
export function compileTemplate<S extends Subject>(
  template: Template,
  variableOf: VariableOf<S>,
  quotes = false,
): TemplateFor<S> {
  if (typeof template === 'string') {
    return bytesOf(template);
  }
  return joined(template.map((part) => compilePart(part, variableOf, quotes)));
}

function compilePart<S extends Subject>(
  part: TemplatePart,
  variableOf: VariableOf<S>,
  quotes: boolean,
): TemplateFor<S> {
  if (typeof part === 'string') {
    return bytesOf(part);
  }
  if ('variable' in part) {
    const variable = variableOf(part.variable);
    return (subject) => variable(subject) ?? '';
  }
  const index = part.capture;
  return quotes
    ? (subject) => {
        const text = subject.captures?.[index] ?? '';
        return subject.isQuoted ? escapeArgument(text) : text;
      }
    : (subject) => subject.captures?.[index] ?? '';
}

function joined<S>(parts: readonly TemplateFor<S>[]): TemplateFor<S> {
  const [first = '', second, ...more] = parts;
  if (second === undefined) {
    return first;
  }
  if (parts.every((part) => typeof part === 'string')) {
    return parts.join('');
  }
  if (more.length === 0) {
    return (subject) => renderTemplate(first, subject) + renderTemplate(second, subject);
  }
  return (subject) => {
    let text = '';
    for (const part of parts) {
      text += typeof part === 'string' ? part : part(subject);
    }
    return text;
  };
}
