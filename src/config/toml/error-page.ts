/** `"500 502" = "/50x.html"`, `"404" = "=200 /empty.gif"`: an error page as a key and a text. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ErrorPage } from '../model/answers.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

const [LEAST, MOST] = [300, 599];

export function parseErrorPage(statuses: string, text: string): Outcome<ErrorPage> {
  const numbers = statuses.split(/[ ,]+/).map(Number);
  if (numbers.some((status) => !Number.isInteger(status) || status < LEAST || status > MOST)) {
    return failure(`"${statuses}" are not statuses from ${LEAST} to ${MOST}, with spaces between them`);
  }
  const [, sign, status = '', to = ''] = /^(=)?(\d{3})?\s*(.*)$/s.exec(text) ?? [];
  if (to === '' || (sign === undefined && status !== '')) {
    return failure(`"${text}" names no page. Write a path, "@location" or a URL; "=200 /path" changes the status`);
  }
  const template = parseTemplateText(to);
  return template.ok
    ? success({
        statuses: numbers,
        to: template.value,
        status: sign === undefined ? 'unchanged' : status === '' ? 'answer' : Number(status),
      })
    : template;
}

export function renderErrorPage({ statuses, to, status }: ErrorPage): [string, string] {
  const sign = status === 'unchanged' ? '' : status === 'answer' ? '= ' : `=${status} `;
  return [statuses.join(' '), `${sign}${renderTemplateText(to)}`];
}
