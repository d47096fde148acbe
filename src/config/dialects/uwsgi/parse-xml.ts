/** An XML file of uWSGI: the elements of `<uwsgi>`, each an option with its text as the value. `:name` behind the file takes those with that `id`. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { FileFault } from '../option.ts';
import type { SaidOption } from './said-option.ts';

const ROOT = 'uwsgi';
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** A declaration, a comment, text as it is, a tag, or text. */
const TOKEN =
  /<\?[^>]*\?>|<!--(?:[^-]|-(?!->))*-->|<!\[CDATA\[(?<data>(?:[^\]]|\](?!\]>))*)\]\]>|<!DOCTYPE[^>]*>|<(?<close>\/?)(?<name>[\w:.-]+)(?<attributes>(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(?<empty>\/?)>|(?<text>[^<]+)/y;

interface Element {
  readonly name: string;
  readonly id: string | undefined;
  readonly mountpoint: string | undefined;
  readonly at: number;
  text: string;
}

/** Undefined: there is no `<uwsgi>`, or none with this id. `section` '' takes what there is. */
export function parseXml(
  file: string,
  text: string,
  section: string,
): Outcome<readonly SaidOption[] | undefined, FileFault> {
  const said: SaidOption[] = [];
  const open: Element[] = [];
  let isFound = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      return failure(faultAt(text, at, 'this is no XML'));
    }
    const { data, close, name, attributes = '', empty } = groups;
    const last = open.at(-1);
    if (name === undefined) {
      if (last !== undefined) last.text += data ?? entities(groups['text'] ?? '');
      continue;
    }
    if (close === '/') {
      if (last?.name !== name) {
        return failure(faultAt(text, at, `</${name}> closes nothing that is open`));
      }
    } else {
      const mountpoint = attribute(attributes, 'mountpoint');
      open.push({ name, id: attribute(attributes, 'id'), mountpoint, at, text: '' });
    }
    if (close === '/' || empty === '/') {
      const element = open.pop();
      const root = open.findLast((outer) => outer.name === ROOT);
      const isAsked = (id: string | undefined) => section === '' || id === undefined || id === section;
      if (element === undefined || element.name === ROOT) {
        isFound ||= element !== undefined && isAsked(element.id);
      } else if (root === open.at(-1) && root !== undefined && isAsked(root.id) && isAsked(element.id)) {
        said.push(optionOf(element, file, text));
      } else if (open.at(-1)?.name === 'app') {
        // <app mountpoint="/x"><script>FILE</script></app>
        const app = open.at(-1);
        if (app !== undefined) app.text = element.text.trim();
      }
    }
  }
  const [unclosed] = open;
  if (unclosed !== undefined) {
    return failure(faultAt(text, unclosed.at, `<${unclosed.name}> is not closed`));
  }
  return success(isFound ? said : undefined);
}

function optionOf({ name, mountpoint, at, text: content }: Element, file: string, text: string): SaidOption {
  const { line, column } = faultAt(text, at, '');
  const key = name === 'app' ? 'mount' : name;
  const value = content.trim();
  return {
    key,
    value: name === 'app' ? `${mountpoint ?? '/'}=${value}` : value,
    place: { kind: 'file', file, line, column, length: name.length + 2, key },
  };
}

function attribute(attributes: string, name: string): string | undefined {
  const [, , value] = new RegExp(`\\s${name}\\s*=\\s*(["'])(.*?)\\1`).exec(attributes) ?? [];
  return value === undefined ? undefined : entities(value);
}

function entities(text: string): string {
  return text.replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function faultAt(text: string, at: number, message: string): FileFault {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1, message };
}
