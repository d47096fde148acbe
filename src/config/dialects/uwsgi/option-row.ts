/** How rows of the tables of uWSGI's options are written. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { success } from '../../../kernel/outcome.ts';
import type { Draft, Option, Treatment } from '../option.ts';
import { settingOfEach } from '../option.ts';

/** `names` are separated by spaces; those of one letter have one dash. `value`: undefined for a switch. */
export function row(names: string, value: string | undefined, doc: string, treatment: Treatment): Option {
  const all = names.split(' ').map((name) => (name.length === 1 ? `-${name}` : `--${name}`));
  return { names: all, ...(value === undefined ? {} : { value }), doc, treatment };
}

/** Of an option that may be said several times. */
export function each<T>(
  names: string,
  [value, doc]: readonly [string, string],
  [parse, draft]: readonly [(text: string) => Outcome<T>, (values: readonly T[]) => Draft],
): Option {
  return { ...row(names, value, doc, settingOfEach(parse, draft)), isRepeatable: true };
}

export function flag(draft: (isOn: boolean) => Draft): Treatment {
  return { kind: 'setting', read: (texts) => success(draft(texts.at(-1) !== 'false')) };
}

/** What starts nevertheless, and says what is different. */
export function told(consequence: string): Treatment {
  return { kind: 'setting', read: () => success({ notes: [consequence] }) };
}
