/**
 * A YAML file of uWSGI: the keys of one top-level mapping, each with a scalar or a list of scalars. What YAML has beyond that (anchors, nested mappings,
 * documents, folded text) has no meaning for options, and is a fault.
 */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { FileFault } from '../option.ts';
import type { SaidOption } from './said-option.ts';

/** Undefined: the file has no such mapping. */
export function parseYaml(
  file: string,
  text: string,
  section: string,
): Outcome<readonly SaidOption[] | undefined, FileFault> {
  const said: SaidOption[] = [];
  let isAsked = false;
  let isFound = false;
  let key = '';
  for (const [index, line] of text.split('\n').entries()) {
    const content = withoutComment(line).trimEnd();
    const trimmed = content.trimStart();
    const column = content.length - trimmed.length + 1;
    const fault = (message: string) => failure({ line: index + 1, column, message });
    const add = (value: string) => {
      said.push({ key, value, place: { kind: 'file', file, line: index + 1, column, length: trimmed.length, key } });
    };
    if (trimmed === '' || trimmed === '---' || trimmed.startsWith('%YAML')) continue;
    if (column === 1 && !trimmed.startsWith('- ')) {
      isAsked = scalarOf(trimmed.replace(/:.*$/s, '')) === section;
      isFound ||= isAsked;
      key = '';
      if (isAsked && !trimmed.endsWith(':')) return fault('its options stand below it, indented');
      continue;
    }
    if (!isAsked) continue;
    if (trimmed.startsWith('- ')) {
      if (key === '') return fault('there is no key that this is an item of');
      add(scalarOf(trimmed.slice(2).trim()));
      continue;
    }
    const [, name = '', value = ''] = /^("[^"]*"|'[^']*'|[^\s:][^:]*?)\s*:(?:\s+(.*))?$/s.exec(trimmed) ?? [];
    if (name === '') return fault('this is neither KEY: VALUE nor an item of a list');
    key = scalarOf(name);
    if (/^[|>&*{!]/.test(value)) return fault('an option has a value or a list of values');
    if (value.startsWith('[')) {
      for (const item of value.replace(/^\[|\]$/g, '').split(',')) {
        if (item.trim() !== '') add(scalarOf(item.trim()));
      }
    } else if (value !== '' || !isListAhead(text, index)) {
      add(scalarOf(value));
    }
  }
  return success(isFound ? said : undefined);
}

/** Items of a list may stand below the next line that is not empty. */
function isListAhead(text: string, index: number): boolean {
  const next = text
    .split('\n', index + 50)
    .slice(index + 1)
    .map((line) => withoutComment(line).trim())
    .find((line) => line !== '');
  return next?.startsWith('- ') === true;
}

function withoutComment(line: string): string {
  const [, kept = ''] = /^((?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*'|["']|(?<=\S)#)*)/s.exec(line) ?? [];
  return kept;
}

function scalarOf(text: string): string {
  if (/^".*"$/s.test(text)) {
    return text.slice(1, -1).replaceAll(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter);
  }
  return /^'.*'$/s.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t' };
