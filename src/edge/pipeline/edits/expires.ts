/** `expires`: Expires and Cache-Control by rule. */

import type { Expires } from '../../../config/model/answers.ts';
import { parseExpires } from '../../../config/model/parse-expires.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { httpDate } from '../../../kernel/clock.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../compilation.ts';
import type { Answer } from '../filters/answer.ts';
import { renderTemplate } from '../render-template.ts';
import type { AnswerEdit } from '../route.ts';
import { EditedFields } from './edited-fields.ts';
import { isOrdinary } from './status-rules.ts';

const EPOCH = 'Thu, 01 Jan 1970 00:00:01 GMT';
/** The last day that 32 bits of seconds can tell, as nginx has it. */
const FAR = 'Thu, 31 Dec 2037 23:55:55 GMT';
const TEN_YEARS = 'max-age=315360000';

export function compileExpires({ fields }: Scope, compilation: Compilation): AnswerEdit | undefined {
  const rule = fields?.expires;
  if (rule === undefined) {
    return undefined;
  }
  const { clock } = compilation;
  const edited = new EditedFields();
  if (typeof rule === 'object' && 'kind' in rule) {
    return rule.kind === 'off' ? undefined : (answer) => applyExpires(answer, rule, clock.nowMs(), edited);
  }
  const template = compilation.template(rule);
  return (answer, route) => applyExpires(answer, renderTemplate(template, route), clock.nowMs(), edited);
}

/** `rule`: as text if it has variables, of which there may be several for one section of fields. What comes out changes with the second. */
function applyExpires(answer: Answer, rule: Expires | string, nowMs: number, edited: EditedFields): void {
  if (!isOrdinary(answer.status)) {
    return;
  }
  const { fields } = answer;
  const values = `${Math.floor(nowMs / 1000)} ${typeof rule === 'string' ? rule : ''}`;
  const known = edited.get(fields, values);
  if (known !== undefined) {
    answer.fields = known;
    return;
  }
  const parsed = typeof rule === 'string' ? parseExpires(rule) : rule;
  const isOff = parsed === undefined || parsed.kind === 'off';
  answer.fields = edited.keep(fields, values, isOff ? fields : withExpires(fields, valuesOf(answer, parsed, nowMs)));
}

function withExpires(fields: ResponseFields, [expires, control]: readonly [string, string]): ResponseFields {
  return fields.set('Expires', expires).set('Cache-Control', control);
}

function valuesOf(answer: Answer, rule: Expires, nowMs: number): readonly [expires: string, control: string] {
  switch (rule.kind) {
    case 'max':
      return [FAR, TEN_YEARS];
    case 'after': {
      if (rule.seconds === 0) {
        return untilMs(nowMs, nowMs); // As nginx has it, of files too.
      }
      const modified =
        rule.since === 'modification' ? Date.parse(answer.fields.get('last-modified') ?? '') : Number.NaN;
      const fromMs = Number.isNaN(modified) ? nowMs : modified;
      return untilMs(fromMs + rule.seconds * 1000, nowMs);
    }
    case 'at':
      return untilMs(nextMs(rule.secondOfDay, nowMs), nowMs);
    default:
      return [EPOCH, 'no-cache'];
  }
}

/** When it is that time of the day again where the server stands. A day may have 23 hours or 25. */
function nextMs(secondOfDay: number, nowMs: number): number {
  const next = new Date(nowMs);
  next.setHours(0, 0, secondOfDay, 0);
  if (next.getTime() <= nowMs) {
    next.setDate(next.getDate() + 1);
  }
  return next.getTime();
}

function untilMs(atMs: number, nowMs: number): readonly [string, string] {
  const seconds = Math.floor(atMs / 1000) - Math.floor(nowMs / 1000);
  return [httpDate(atMs), seconds < 0 ? 'no-cache' : `max-age=${seconds}`];
}
