/** What the answer of a server has to be for the server to be well. */

import type { HealthExpectation, HealthMatch } from '../../../config/model/upstream.ts';
import { compileRegex } from '../../../kernel/regex/regex.ts';
import type { Field } from '../../../protocol/http/fields.ts';

export interface HealthAnswer {
  readonly status: number;
  readonly fields: readonly Field[];
  /** The beginning of it, as latin-1. */
  readonly body: string;
}

/** Of the beginning of what a server has said, in latin-1: `open`, if more has to come. */
export type AnswerJudge = (text: string) => 'good' | 'bad' | 'open';

/** A text says what is not as it should be, for the log. */
export type HealthJudge = (answer: HealthAnswer) => string | undefined;

export function compileHealthMatch({ statuses, statusesAreExcluded, fields, body }: HealthMatch): HealthJudge {
  const rules = fields.map(compileField);
  const isInBody = body === undefined ? undefined : compileTest(body.pattern);
  return (answer) => {
    if (statuses.length > 0) {
      const isListed = statuses.some(([from, to]) => answer.status >= from && answer.status <= to);
      if (isListed === statusesAreExcluded) {
        return `the status is ${answer.status}`;
      }
    }
    for (const rule of rules) {
      const fault = rule(answer.fields);
      if (fault !== undefined) {
        return fault;
      }
    }
    return isInBody === undefined || isInBody(answer.body) !== (body?.isNegated ?? false)
      ? undefined
      : 'the body does not match';
  };
}

function compileField({
  name,
  value,
  isRegex,
  isNegated,
}: HealthMatch['fields'][number]): (fields: readonly Field[]) => string | undefined {
  const lower = name.toLowerCase();
  const matches = isRegex && value !== undefined ? compileTest(value) : (given: string) => given === value;
  return (fields) => {
    const values = fields.filter((field) => field.lower === lower).map((field) => field.value);
    const isSo = value === undefined ? values.length > 0 : values.some(matches);
    return isSo === isNegated ? `the field "${name}" does not match` : undefined;
  };
}

export function compileAnswer({ text, isRegex }: HealthExpectation): AnswerJudge {
  if (isRegex) {
    const matches = compileTest(text);
    return (said) => (matches(said) ? 'good' : 'open');
  }
  return (said) => (said.startsWith(text) ? 'good' : text.startsWith(said) ? 'open' : 'bad');
}

/** Readers have checked the regex. A match that goes back too often is none. */
function compileTest(pattern: string): (text: string) => boolean {
  const compiled = compileRegex(Buffer.from(pattern, 'utf8').toString('latin1'), { caseless: false });
  if (!compiled.ok) {
    throw new Error(`the regex "${pattern}" of a health check cannot be compiled: ${compiled.fault.message}`);
  }
  const regex = compiled.value;
  return (text) => typeof regex.match(text) === 'object';
}
