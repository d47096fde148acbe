/** An ini file of uWSGI: the options of one section, in their order, repeated keys included. */

import type { SaidOption } from './said-option.ts';

/** Undefined: the file has no such section. */
export function parseIni(file: string, text: string, section: string): readonly SaidOption[] | undefined {
  const said: SaidOption[] = [];
  let isAsked = false;
  let isFound = false;
  for (const [index, line] of text.split('\n').entries()) {
    const trimmed = line.trim();
    if (trimmed.startsWith('[')) {
      isAsked = trimmed.slice(1, -1) === section;
      isFound ||= isAsked;
    } else if (isAsked && trimmed !== '' && !trimmed.startsWith('#') && !trimmed.startsWith(';')) {
      const at = trimmed.indexOf('=');
      const key = (at < 0 ? trimmed : trimmed.slice(0, at)).trim();
      const value = at < 0 ? '' : trimmed.slice(at + 1).trim();
      const column = line.indexOf(trimmed) + 1;
      said.push({ key, value, place: { kind: 'file', file, line: index + 1, column, length: key.length, key } });
    }
  }
  return isFound ? said : undefined;
}
