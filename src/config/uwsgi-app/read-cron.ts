/** `--cron "MINUTE HOUR DAY MONTH WEEK COMMAND"` and `--cron2 "minute=…,… COMMAND"`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { UwsgiCron } from '../model/uwsgi-app.ts';
import { keyNames, readKeyValues, wholeNumber } from './key-values.ts';

const FIELDS = ['minute', 'hour', 'day', 'month', 'week'] as const;
/** The highest value of each; the least is "every so many". */
const MOST = { minute: 59, hour: 23, day: 31, month: 12, week: 7 } as const;
const ANY = -1;

const NAMES = keyNames(...FIELDS, 'unique', 'harakiri');
const REFUSED = new Map([['legion', 'there are no legions. Run the job on one machine']]);

export function readCron(text: string, isUnique: boolean): Outcome<UwsgiCron> {
  const [, numbers = '', command = ''] = /^\s*((?:\S+\s+){5})(\S.*)$/s.exec(text) ?? [];
  const values = numbers.trim().split(/\s+/);
  if (command === '') {
    return failure(`"${text}" is not MINUTE HOUR DAY MONTH WEEK COMMAND`);
  }
  return cronOf((_, index) => values[index], { command, isUnique, harakiri: 0 });
}

export function readCron2(text: string): Outcome<UwsgiCron> {
  const space = text.indexOf(' ');
  const head = space === -1 ? text : text.slice(0, space);
  if (!head.includes('=')) {
    return cronOf(() => undefined, { command: text, isUnique: false, harakiri: 0 });
  }
  const command = space === -1 ? '' : text.slice(space + 1).trim();
  if (command === '') {
    return failure(`"${text}" names no command`);
  }
  const keys = readKeyValues(head, NAMES, REFUSED);
  if (!keys.ok) {
    return keys;
  }
  const harakiri = wholeNumber(keys.value.get('harakiri') ?? '0');
  const unique = keys.value.get('unique') ?? '0';
  return harakiri === undefined
    ? failure('"harakiri" is a number of seconds')
    : cronOf((field) => keys.value.get(field), { command, isUnique: unique !== '0', harakiri });
}

type Field = (typeof FIELDS)[number];

function cronOf(
  textOf: (field: Field, index: number) => string | undefined,
  rest: Pick<UwsgiCron, 'command' | 'isUnique' | 'harakiri'>,
): Outcome<UwsgiCron> {
  const found = { minute: ANY, hour: ANY, day: ANY, month: ANY, week: ANY };
  for (const [index, field] of FIELDS.entries()) {
    const text = textOf(field, index) ?? String(ANY);
    const number = text === '*' ? ANY : wholeNumber(text, -1000, MOST[field]);
    if (number === undefined) {
      return failure(`"${text}" is no ${field}: up to ${MOST[field]}, -1 for any, -N for every N`);
    }
    found[field] = number;
  }
  return success({ ...found, ...rest });
}
