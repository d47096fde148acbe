/** A list of a folder as a page of nginx's look, which people's scripts read. All text is latin-1: a character is a byte. */

import type { Autoindex } from '../../../config/model/files.ts';
import { MONTHS } from '../../../kernel/months.ts';
import type { FolderEntry } from './read-folder.ts';

export interface HtmlManner extends Autoindex {
  /** Names are UTF-8 in the page, so they are counted by characters. */
  readonly isUtf8: boolean;
  /** Minutes from UTC to local time, now. */
  readonly offsetMinutes: number;
}

/** Longer names are cut. */
const NAME_WIDTH = 50;
const CUT_WIDTH = NAME_WIDTH - 3;

export function htmlBeginning(path: string): string {
  const title = `Index of ${escapeHtml(path)}`;
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<h1>${title}</h1><hr><pre><a href="../">../</a>\r\n`;
}

export const HTML_END = '</pre><hr></body>\r\n</html>\r\n';

export function htmlLine(entry: FolderEntry, manner: HtmlManner): string {
  const { name, isDirectory } = entry;
  const href = `${escapeComponent(name)}${isDirectory ? '/' : ''}`;
  return `<a href="${href}">${renderName(entry, manner.isUtf8)} ${renderTime(entry, manner)} ${renderSize(entry, manner)}\r\n`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => HTML_ESCAPES[character] ?? character);
}

const HTML_ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** Everything but unreserved characters (RFC 3986 2.3): a name may hold a colon, which would make a scheme of what stands before it. */
function escapeComponent(name: string): string {
  return name.replace(
    /[^0-9A-Za-z._~-]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** With the end of the link, and the spaces behind it. */
function renderName({ name, isDirectory }: FolderEntry, isUtf8: boolean): string {
  const characters = isUtf8 ? splitUtf8(name) : name;
  const width = characters.length;
  if (width > NAME_WIDTH) {
    const start = characters.slice(0, CUT_WIDTH);
    return `${escapeHtml(typeof start === 'string' ? start : start.join(''))}..&gt;</a>`;
  }
  const slash = isDirectory && width < NAME_WIDTH ? '/' : '';
  return `${escapeHtml(name)}${slash}</a>${' '.repeat(NAME_WIDTH - width - slash.length)}`;
}

/** Bytes that belong to no character count as one each. */
function splitUtf8(name: string): readonly string[] {
  return name.match(/[\xc0-\xff][\x80-\xbf]*|[\0-\xff]/g) ?? [];
}

function renderTime({ modifiedMs }: FolderEntry, { isLocalTime, offsetMinutes }: HtmlManner): string {
  const time = new Date(modifiedMs + (isLocalTime ? offsetMinutes * 60_000 : 0));
  const day = `${twoDigits(time.getUTCDate())}-${MONTHS[time.getUTCMonth()]}-${time.getUTCFullYear()}`;
  return `${day} ${twoDigits(time.getUTCHours())}:${twoDigits(time.getUTCMinutes())}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

const EXACT_WIDTH = 19;
const ROUND_WIDTH = 7;
const KILO = 1024;
const MEGA = KILO * KILO;
const GIGA = MEGA * KILO;

function renderSize({ isDirectory, size }: FolderEntry, { hasExactSize }: HtmlManner): string {
  if (hasExactSize) {
    return (isDirectory ? '-' : String(size)).padStart(EXACT_WIDTH);
  }
  return (isDirectory ? '-' : roundSize(size)).padStart(ROUND_WIDTH);
}

/** Four digits are still given as they are. */
function roundSize(size: number): string {
  if (size >= GIGA) {
    return `${Math.round(size / GIGA)}G`;
  }
  if (size >= MEGA) {
    return `${Math.round(size / MEGA)}M`;
  }
  return size > 9999 ? `${Math.round(size / KILO)}K` : String(size);
}
