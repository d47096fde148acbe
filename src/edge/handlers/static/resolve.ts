/**
 * From a request's path to a file's path, both latin-1 text in which a character is a byte: file names need not be UTF-8.
 *
 * The path was percent-decoded once by the transport; nothing is decoded here, so `%2e` in it is a name with a percent sign.
 * What this refuses looks like a missing file: a probe learns nothing. Where symbolic links lead is checked on the opened file.
 */

import { Buffer } from 'node:buffer';

export interface ResolveOptions {
  /** Serve `.well-known` (RFC 8615) at the top, the one directory with a dot that is meant to be seen. */
  readonly hasWellKnown: boolean;
  /** Serve all names with a dot in front, because an application has asked for them and no client has. */
  readonly hasHidden?: boolean;
}

const SLASH = 0x2f;

/** The rest of a path behind the mount's URL, made relative and clean, with its final slash if it has one. Undefined: it is not to be served. */
export function resolvePath(rest: string, options: ResolveOptions): string | undefined {
  // A backslash separates directories for some programs behind us and for some people's tools, never for honest links.
  if (rest.includes('\0') || rest.includes('\\')) {
    return undefined;
  }
  const segments = rest.split('/').filter((segment) => segment !== '');
  if (segments.some((segment, index) => isHidden(segment, index, options))) {
    return undefined;
  }
  const isDirectory = rest.charCodeAt(rest.length - 1) === SLASH && segments.length > 0;
  return segments.join('/') + (isDirectory ? '/' : '');
}

/** Covers `.`, `..`, `.git` and `.env` alike. */
function isHidden(segment: string, index: number, options: ResolveOptions): boolean {
  if (options.hasHidden === true) {
    return segment === '.' || segment === '..';
  }
  return segment.startsWith('.') && !(options.hasWellKnown && index === 0 && segment === '.well-known');
}

/** Whether an opened file's real path is below the real root; both are absolute and free of links. */
export function isInside(realPath: string, realRoot: string): boolean {
  return realPath.startsWith(realRoot.endsWith('/') ? realRoot : `${realRoot}/`);
}

/** The path as the file system calls take it: bytes, or text where that is the same and cheaper. */
export function toFsPath(latin1: string): string | Buffer {
  return /[\x80-\xff]/.test(latin1) ? Buffer.from(latin1, 'latin1') : latin1;
}

/** Text of the configuration or the system (UTF-8) as latin-1. */
export function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
