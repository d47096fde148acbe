/** `add_header`, `add_trailer` and the like. What is the same for each request is made once for each head; what has variables is made for each response. */

import type { FieldRule, FieldRules } from '../../../config/model/answers.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import { wantsTrailers } from '../../../protocol/http/wants-trailers.ts';
import type { Compilation } from '../compilation.ts';
import type { Answer } from '../filters/answer.ts';
import { renderTemplate } from '../render-template.ts';
import type { AnswerEdit, CompiledTemplate, HeadEdit, Route, Trailers } from '../route.ts';
import { EditedFields } from './edited-fields.ts';
import { isOrdinary } from './status-rules.ts';

interface CompiledRule extends Omit<FieldRule, 'value'> {
  readonly value: CompiledTemplate;
}

export interface FieldEdits {
  readonly headEdit: HeadEdit | undefined;
  readonly answerEdit: AnswerEdit | undefined;
  readonly trailers: Trailers | undefined;
}

/** The transport says how long a response is. A second one that says something else ends the response where the next one does not begin (RFC 9112 6.3). */
const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

export function compileFieldRules({ fields: rules }: Scope, compilation: Compilation): FieldEdits {
  if (rules === undefined) {
    return { headEdit: undefined, answerEdit: undefined, trailers: undefined };
  }
  const compile = (rule: FieldRule): CompiledRule => ({ ...rule, value: compilation.template(rule.value) });
  const fields = rules.fields.filter(isAddable).map(compile);
  const trailers = rules.trailers.filter(isAddable).map(compile);
  const isConstant = fields.every(({ value }) => typeof value === 'string') && !addsToExpires(rules);
  const hasFields = fields.length > 0;
  return {
    headEdit: hasFields && isConstant ? constantEdit(fields) : undefined,
    answerEdit: hasFields && !isConstant ? editOf(fields) : undefined,
    trailers: trailers.length === 0 ? undefined : compileTrailers(trailers),
  };
}

function isAddable({ name }: FieldRule): boolean {
  return !FRAMING.has(name.toLowerCase());
}

/** `expires` replaces the Cache-Control that the content has, and `add_header` adds another one: as with nginx it has to come after `expires`, among the edits of answers. */
function addsToExpires({ fields, expires }: FieldRules): boolean {
  return expires !== undefined && fields.some(({ name }) => /^(?:cache-control|expires)$/i.test(name));
}

function constantEdit(rules: readonly CompiledRule[]): HeadEdit {
  return (head) => {
    const fields = rules.reduce(
      (before, rule) => apply(before, rule, head.status, typeof rule.value === 'string' ? rule.value : ''),
      head.fields,
    );
    return { ...head, fields };
  };
}

function editOf(rules: readonly CompiledRule[]): AnswerEdit {
  const edited = new EditedFields();
  return (answer, route) => editFields(answer, route, rules, edited);
}

function editFields(answer: Answer, route: Route, rules: readonly CompiledRule[], edited: EditedFields): void {
  const { fields, status } = answer;
  let values = String(status);
  for (const { value } of rules) {
    if (typeof value !== 'string') {
      const text = value(route);
      values += ` ${text.length}:${text}`;
    }
  }
  const known = edited.get(fields, values);
  if (known !== undefined) {
    answer.fields = known;
    return;
  }
  for (const rule of rules) {
    answer.fields = apply(answer.fields, rule, status, renderTemplate(rule.value, route));
  }
  edited.keep(fields, values, answer.fields);
}

function apply(fields: ResponseFields, rule: CompiledRule, status: number, value: string): ResponseFields {
  if (!rule.always && !isOrdinary(status)) {
    return fields;
  }
  switch (rule.effect) {
    case 'add':
      return addField(fields, rule.name, value);
    case 'set':
      return value === '' ? fields.without(rule.name.toLowerCase()) : fields.set(rule.name, value);
    case 'clear':
      return withoutNamed(fields, rule.name.toLowerCase());
  }
}

/** A star at the end of the name stands for any ending. */
function withoutNamed(fields: ResponseFields, lower: string): ResponseFields {
  if (!lower.endsWith('*')) {
    return fields.without(lower);
  }
  const beginning = lower.slice(0, -1);
  const names = fields.lines.map((line) => line.lower).filter((name) => name.startsWith(beginning));
  return names.length === 0 ? fields : fields.without(...names);
}

/** An empty value adds nothing. Of these two a response has one at most. */
function addField(fields: ResponseFields, name: string, value: string): ResponseFields {
  const lower = name.toLowerCase();
  if (lower === 'last-modified' || lower === 'etag') {
    return value === '' ? fields.without(lower) : fields.set(name, value);
  }
  return value === '' ? fields : fields.with(name, value);
}

function compileTrailers(rules: readonly CompiledRule[]): Trailers {
  const hasAlways = rules.some(({ always }) => always);
  return {
    follow: (status, route) => (hasAlways || isOrdinary(status)) && takesTrailers(route),
    of: (status, route) => trailersOf(rules, status, route),
  };
}

/**
 * Trailers need a body in chunks (RFC 9112 7.1.2), and a client that says it takes them (RFC 9110 6.5.1), where the site does not send them to everybody: to others the
 * response keeps its length.
 */
function takesTrailers({ main: { exchange }, location: { connection } }: Route): boolean {
  const mayHaveChunks = exchange.version !== HTTP_VERSION.http10 && connection.isChunkedOn;
  return mayHaveChunks && (connection.sendsTrailersUnasked || wantsTrailers(exchange.block));
}

function trailersOf(rules: readonly CompiledRule[], status: number, route: Route): ResponseFields | undefined {
  const earlier = route.sent.trailers ?? NO_FIELDS;
  const fields = rules.reduce((before, rule) => {
    // A trailer may be made of those in front of it ($sent_trailer_…).
    route.sent.trailers = earlier.and(before);
    const value = rule.always || isOrdinary(status) ? renderTemplate(rule.value, route) : '';
    return value === '' ? before : before.with(rule.name, value);
  }, NO_FIELDS);
  route.sent.trailers = earlier.isEmpty ? undefined : earlier;
  return fields.isEmpty ? undefined : fields;
}
