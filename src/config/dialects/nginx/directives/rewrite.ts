/** The rewrite module: instructions that are run in the order in which they are written. */

import type { Condition, Instruction, Rewrite } from '../../../model/instruction.ts';
import type { Template } from '../../../model/template.ts';
import { parseCondition } from '../condition.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { REWRITES } from './contexts.ts';
import { keep } from './keep.ts';

/** An instruction of the model, but that the block of an `if` is still a draft. */
export type DraftInstruction =
  | Exclude<Instruction, { readonly kind: 'if' }>
  | { readonly kind: 'if'; readonly condition: Condition; readonly inside: Draft };

/** Of a server, a location or an `if`; not inherited. */
export const INSTRUCTIONS: DraftKey<readonly DraftInstruction[]> = draftKey('rewrite');

export const LOGS_REWRITES: DraftKey<boolean> = draftKey('rewrite_log');

export const REWRITE: readonly Row[] = [
  ...repeatable([
    row('rewrite', REWRITES, 'regex text [plain]', 'Changes a URL that fits, and what happens then.', {
      apply: rewrite,
    }),
    row('return', REWRITES, 'text [text]', 'Answers with a status, and a text or the target of a redirect.', {
      apply: returns,
    }),
    row('break', REWRITES, '', 'Ends the instructions of this block.', {
      apply: (_, draft) => draft.append(INSTRUCTIONS, { kind: 'break' }),
    }),
    row('if', 'server', 'condition... {server-if}', 'What holds where a condition is true.', { apply: ifs }),
    row('if', 'location', 'condition... {location-if}', 'What holds where a condition is true.', { apply: ifs }),
    row('set', REWRITES, 'variable text', 'Gives a variable a value.', {
      apply: (args, draft) =>
        draft.append(INSTRUCTIONS, { kind: 'set', variable: args.word(0), value: args.template(1) }),
    }),
  ]),
  row('rewrite_log', `http ${REWRITES}`, 'flag', 'Whether rewrites are logged.', {
    apply: keep(LOGS_REWRITES, (args) => args.flag(0)),
  }),
  ...accepted('A variable that has no value is empty, and that is all.', [
    row('uninitialized_variable_warn', `http ${REWRITES}`, 'flag', 'Whether a variable without a value is warned of.'),
  ]),
];

const STATUS_MAX = 999;
const MOVED_TEMPORARILY = 302;
/** What stands alone behind `return` and is the target of a redirect. */
const URL = /^(https?:\/\/|\$scheme)/;

function returns(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const text = args.text(0);
  if (args.count === 1 && URL.test(text)) {
    draft.append(INSTRUCTIONS, { kind: 'return', status: MOVED_TEMPORARILY, body: args.template(0) });
    return;
  }
  if (!/^\d+$/.test(text) || Number(text) > STATUS_MAX) {
    report('nginx.invalid-value', args.place(0), `invalid return code "${text}"`, {
      hint: 'Write a status, or a URL that begins with http://, https:// or $scheme.',
    });
    return;
  }
  const body = args.count === 2 ? args.template(1) : undefined;
  draft.append(INSTRUCTIONS, { kind: 'return', status: Number(text), body });
}

const FLAGS = ['last', 'break', 'redirect', 'permanent'] as const;

function rewrite(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const [pattern, text, word] = [args.text(0), args.text(1), args.text(2)];
  if (text === '') {
    report('nginx.invalid-value', args.place(1), 'empty replacement');
    return;
  }
  const flag = FLAGS.find((one) => one === word);
  if (args.count === 3 && flag === undefined) {
    report('nginx.invalid-value', args.place(2), `invalid parameter "${word}"`, {
      hint: `Write one of: ${FLAGS.join(', ')}.`,
    });
    return;
  }
  const keepsArguments = !text.endsWith('?');
  const replacement = keepsArguments ? args.template(1) : withoutQuestionMark(args.template(1));
  const instruction: Rewrite = {
    kind: 'rewrite',
    pattern: { text: pattern, isCaseless: false },
    replacement,
    appendsArguments: keepsArguments,
    // A URL of its own is a redirect, whatever else is said.
    flag: URL.test(text) && flag !== 'permanent' ? 'redirect' : (flag ?? 'none'),
  };
  draft.append(INSTRUCTIONS, instruction);
}

function withoutQuestionMark(template: Template): Template {
  if (typeof template === 'string') {
    return template.slice(0, -1);
  }
  const last = template.at(-1);
  return typeof last === 'string' ? [...template.slice(0, -1), last.slice(0, -1)] : template;
}

/** The draft is that of the block; the instruction is one of the block around it. */
function ifs(args: GivenArguments, draft: Draft): void {
  const parsed = parseCondition(args.words);
  if (parsed.ok) {
    draft.parent?.append(INSTRUCTIONS, { kind: 'if', condition: parsed.value.condition, inside: draft });
  }
}
