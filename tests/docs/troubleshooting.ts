/**
 * The entries of the pages docs/troubleshooting/*.md. An entry is an item of a list: a line for each of its messages, in backquotes and
 * alone (a backslash behind it breaks the line), and behind them the answer. Parts of messages may be explained in an answer as well, in backquotes too.
 */

import { globSync, readFileSync } from 'node:fs';

export interface Entry {
  readonly messages: readonly string[];
  readonly answer: string;
  /** File and line. */
  readonly at: string;
}

export function readEntries(): Entry[] {
  return globSync('docs/troubleshooting/*.md').sort().flatMap(readEntriesOf);
}

function readEntriesOf(path: string): Entry[] {
  const entries: { messages: string[]; answer: string; at: string }[] = [];
  let open: (typeof entries)[number] | undefined;
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const [, mark, message] = /^(- | {2})`([^`]+)`\\?$/.exec(line) ?? [];
    if (message !== undefined && mark === '- ') {
      open = { messages: [message], answer: '', at: `${path}:${index + 1}` };
      entries.push(open);
    } else if (message !== undefined && open?.answer === '') {
      open.messages.push(message);
    } else if (line.startsWith('  ') && open !== undefined) {
      open.answer += `${line.trim()}\n`;
    } else if (line !== '') {
      open = undefined;
    }
  }
  return entries;
}

/** All that stands in backquotes on the pages, entries and tables. */
export function readTexts(): string[] {
  return globSync('docs/troubleshooting/*.md').flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/`([^`\n]+)`/g)].map(([, text = '']) => text),
  );
}
