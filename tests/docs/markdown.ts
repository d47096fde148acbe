/** What the tests of the documentation need to know of a page: its fenced blocks, its headings with their anchors, its links. */

import { readFileSync } from 'node:fs';

export interface Block {
  /** The first word of the info string: `sh`. */
  readonly language: string;
  /** The words behind it, `file=app.py`, by their name. */
  readonly words: ReadonlyMap<string, string>;
  readonly text: string;
  /** The line of the fence, from 1. */
  readonly line: number;
  /** The last line with text in front of the block. */
  readonly before: string;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Page {
  readonly path: string;
  readonly blocks: readonly Block[];
  readonly links: readonly Link[];
  readonly anchors: ReadonlySet<string>;
  /** Texts in backquotes outside of blocks, with their lines. */
  readonly codes: readonly { readonly text: string; readonly line: number }[];
  /** The page without its blocks; as many lines as the page has. */
  readonly prose: readonly string[];
}

export function readPage(path: string): Page {
  const lines = readFileSync(path, 'utf8').split('\n');
  const { blocks, prose } = takeBlocks(lines);
  const anchors = new Set<string>();
  const links: Link[] = [];
  const codes: { text: string; line: number }[] = [];
  for (const [index, text] of prose.entries()) {
    const heading = /^#{1,6} (.*)$/.exec(text)?.[1];
    if (heading !== undefined) anchors.add(anchorOf(heading, anchors));
    for (const [, code = ''] of text.matchAll(/`([^`]+)`/g)) codes.push({ text: code, line: index + 1 });
    for (const [, target = ''] of text.replaceAll(/`[^`]*`/g, '``').matchAll(/\]\(([^)\s]+)\)/g)) {
      links.push({ target, line: index + 1 });
    }
  }
  return { path, blocks, links, anchors, codes, prose };
}

function takeBlocks(lines: readonly string[]): { blocks: Block[]; prose: string[] } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { info: string; indent: string; line: number; body: string[] } | undefined;
  for (const [index, text] of lines.entries()) {
    const [, indent = '', info] = /^( *)```(.*)$/.exec(text) ?? [];
    if (open !== undefined) {
      if (info === '') {
        blocks.push(finishBlock(open, prose));
        open = undefined;
      } else {
        open.body.push(text.slice(open.indent.length));
      }
    } else if (info !== undefined) {
      open = { info, indent, line: index + 1, body: [] };
    }
    prose.push(open !== undefined || info !== undefined ? '' : text);
  }
  return { blocks, prose };
}

function finishBlock(open: { info: string; line: number; body: readonly string[] }, prose: readonly string[]): Block {
  const [language = '', ...words] = open.info.split(' ');
  return {
    language,
    words: new Map(words.map((word) => [word.split('=')[0] ?? '', word.split('=').slice(1).join('=')])),
    text: open.body.map((text) => `${text}\n`).join(''),
    line: open.line,
    before: prose.findLast((text) => text !== '') ?? '',
  };
}

/** As GitHub and MyST make them: lower case, without punctuation, a number behind one that was there already. */
function anchorOf(heading: string, taken: ReadonlySet<string>): string {
  const plain = heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-');
  let anchor = plain;
  for (let count = 1; taken.has(anchor); count += 1) anchor = `${plain}-${count}`;
  return anchor;
}
