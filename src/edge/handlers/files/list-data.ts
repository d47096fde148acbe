/** A list of a folder for programs: JSON, JSONP and XML, as nginx has them. All text is latin-1: a character is a byte, so names that are UTF-8 stay it. */

import { httpDate } from '../../../kernel/clock.ts';
import { FILES_LIMITS } from './limits.ts';
import { escapeHtml } from './list-html.ts';
import type { FolderEntry } from './read-folder.ts';

/** `isFirst`: no comma is needed. */
export function jsonLine(entry: FolderEntry, isFirst: boolean): string {
  const size = entry.isFile ? `, "size":${entry.size}` : '';
  const comma = isFirst ? '' : ',';
  return `${comma}\r\n{ "name":"${escapeJson(entry.name)}", "type":"${typeOf(entry)}", "mtime":"${httpDate(entry.modifiedMs)}"${size} }`;
}

export const XML_BEGINNING = '<?xml version="1.0"?>\r\n<list>\r\n';
export const XML_END = '</list>\r\n';

export function xmlLine(entry: FolderEntry): string {
  const type = typeOf(entry);
  const time = `${new Date(entry.modifiedMs).toISOString().slice(0, -'.000Z'.length)}Z`;
  const size = entry.isFile ? ` size="${entry.size}"` : '';
  return `<${type} mtime="${time}"${size}>${escapeHtml(entry.name)}</${type}>\r\n`;
}

/** The function that a script of JSONP calls; '': the client names none. Undefined: it names what must not become a part of a script. */
export function callbackOf(query: string): string | undefined {
  const [, callback = ''] = /(?:^|&)callback=([^&]*)/i.exec(query) ?? [];
  return callback.length > FILES_LIMITS.callbackCharsMax || /[^0-9A-Za-z_.]/.test(callback) ? undefined : callback;
}

function typeOf({ isDirectory, isFile }: FolderEntry): string {
  const other = isFile ? 'file' : 'other';
  return isDirectory ? 'directory' : other;
}

function escapeJson(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON forbids in strings.
  return text.replace(/["\\\0-\x1f]/g, (character) => JSON.stringify(character).slice(1, -1));
}
