/**
 * From a request's path to a file's path, both latin-1 text in which a character is a byte: file names need not be UTF-8.
 *
 * The path was percent-decoded once by the transport; nothing is decoded here, so `%2e` in it is a name with a percent sign.
 * What this refuses looks like a missing file: a probe learns nothing. Where symbolic links lead is checked on the opened file.
 */

import { Buffer } from 'node:buffer';

/** Which names of a path may be asked for. */
export interface NameRule {
  /** Names with a dot in front: none, `.well-known` at the top (RFC 8615), the one directory of the kind that is meant to be seen, or all. */
  readonly hidden: 'none' | 'well-known' | 'all';
  /** `tidy`: empty names are left out. `literal`: a path that has some is not served. `verbatim`: the path is taken as it is, with backslashes too. */
  readonly form: 'tidy' | 'literal' | 'verbatim';
}

const SLASH = 0x2f;

/** The path of a file below its folder, relative and clean, with its final slash if it has one. Undefined: it is not to be served. */
export function resolvePath(path: string, rule: NameRule): string | undefined {
  if (rule.form === 'verbatim') {
    return path.includes('\0') ? undefined : path;
  }
  // A backslash separates directories for some programs behind us and for some people's tools, never for honest links.
  if (path.includes('\0') || path.includes('\\')) {
    return undefined;
  }
  const segments = path.split('/').filter((segment) => segment !== '');
  if (segments.some((segment, index) => isHidden(segment, index, rule))) {
    return undefined;
  }
  const isDirectory = path.charCodeAt(path.length - 1) === SLASH && segments.length > 0;
  const tidy = segments.join('/') + (isDirectory ? '/' : '');
  return rule.form === 'literal' && tidy !== path ? undefined : tidy;
}

/** Covers `.`, `..`, `.git` and `.env` alike. */
function isHidden(segment: string, index: number, { hidden }: NameRule): boolean {
  if (hidden === 'all') {
    return segment === '.' || segment === '..';
  }
  return segment.startsWith('.') && !(hidden === 'well-known' && index === 0 && segment === '.well-known');
}

/** Whether an opened file's real path is below the real root; both are absolute and free of links. */
export function isInside(realPath: string, realRoot: string): boolean {
  return realPath.startsWith(realRoot.endsWith('/') ? realRoot : `${realRoot}/`);
}

/** The path as the file system calls take it: bytes, or text where that is the same and cheaper. */
export function toFsPath(latin1: string): string | Buffer {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1') : latin1;
}
