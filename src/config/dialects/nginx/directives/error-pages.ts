/** `error_page`: what is answered in place of a refusal. */

import type { ErrorPage } from '../../../model/answers.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { keep } from './keep.ts';

export const ERROR_PAGES: DraftKey<readonly ErrorPage[]> = draftKey('error_page');
export const RECURSIVE_ERROR_PAGES: DraftKey<boolean> = draftKey('recursive_error_pages');

export const PADS_ERROR_PAGES: DraftKey<boolean> = draftKey('msie_padding');

export const ERROR_PAGE_ROWS: readonly Row[] = [
  ...repeatable([
    row('error_page', HTTP_IF, 'plain text...', 'What is answered in place of an error.', { apply: errorPage }),
  ]),
  row('recursive_error_pages', HTTP, 'flag', 'Whether an error page may have an error page.', {
    apply: (args, draft) => draft.set(RECURSIVE_ERROR_PAGES, args.flag(0)),
  }),
  row('msie_padding', HTTP, 'flag', 'Whether error pages are made long enough for an old browser to show them.', {
    apply: keep(PADS_ERROR_PAGES, (args) => args.flag(0)),
  }),
];

const STATUS_MIN = 300;
const STATUS_MAX = 599;
/** nginx's own word for "the client is gone": nobody would see a page. */
const CLIENT_IS_GONE = 499;

function errorPage(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const texts = args.texts();
  const overwrite = texts.at(-2) ?? '';
  const hasOverwrite = overwrite.startsWith('=');
  const codes = texts.slice(0, hasOverwrite ? -2 : -1);
  const status = hasOverwrite ? overwriteOf(overwrite) : 'unchanged';
  if (status === undefined || codes.length === 0) {
    report('nginx.invalid-value', args.place(args.count - 2), `invalid value "${overwrite}"`);
    return;
  }
  const faults = codes.map((code) => codeFault(code));
  for (const [index, message] of faults.entries()) {
    if (message !== undefined) report('nginx.invalid-value', args.place(index), message);
  }
  if (faults.every((message) => message === undefined)) {
    draft.append(ERROR_PAGES, { statuses: codes.map(Number), to: args.template(args.count - 1), status });
  }
}

/** `=` is whatever the page answers with, `=200` a status. */
function overwriteOf(text: string): 'answer' | number | undefined {
  if (text === '=') {
    return 'answer';
  }
  return /^=\d{1,9}$/.test(text) ? Number(text.slice(1)) : undefined;
}

function codeFault(code: string): string | undefined {
  if (!/^\d{1,9}$/.test(code) || Number(code) === CLIENT_IS_GONE) {
    return `invalid value "${code}"`;
  }
  const isError = Number(code) >= STATUS_MIN && Number(code) <= STATUS_MAX;
  return isError ? undefined : `value "${code}" must be between ${STATUS_MIN} and ${STATUS_MAX}`;
}
