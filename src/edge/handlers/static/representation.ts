/** One form of a file (plain or compressed) with everything of its responses that can be made beforehand. Pure. */

import { httpDate } from '../../../kernel/clock.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { Validators } from './conditional.ts';
import type { Coding, Encoded } from './encodings.ts';
import { isHashedName } from './hashed-names.ts';
import { mediaTypeOf } from './media-types.ts';
import type { CompiledMount } from './mount.ts';

/** What identifies a content, short of reading it: when one of these changes, the file did. */
export interface FileStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
}

export interface RepresentationFacts {
  /** Path of the plain file, relative to the root or not: its name counts. */
  readonly name: string;
  readonly coding: Coding;
  /** Path of the file with the bytes. */
  readonly path: string;
  readonly stats: FileStats;
  /** The content, if it is small. */
  readonly bytes: Buffer | undefined;
  /** There are others to choose from. */
  readonly isNegotiated: boolean;
}

export interface Representation extends Encoded, Validators {
  readonly path: string;
  readonly stats: FileStats;
  readonly bytes: Buffer | undefined;
  readonly contentType: string;
  /** Field lines that all 200 and 206 share; Content-Type and Content-Range are not among them. */
  readonly fields: string;
  readonly whole: ResponseHead;
  readonly notModified: ResponseHead;
}

/** Kept for a year, which is for good. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

export function renderRepresentation(facts: RepresentationFacts, mount: CompiledMount, nowMs: number): Representation {
  const { coding, path, stats, bytes } = facts;
  const etag = renderEtag(stats, coding);
  // RFC 9110 8.8.2.1: never later than Date, whatever the clock that stamped the file thought.
  const modifiedS = Math.floor(Math.min(Number(stats.mtimeNs / 1_000_000n), nowMs) / 1000);
  const lastModified = httpDate(modifiedS * 1000);
  const contentType = mediaTypeOf(facts.name);
  const cacheControl = mount.isHashed && isHashedName(facts.name) ? IMMUTABLE : mount.cacheControl;
  const vary = facts.isNegotiated ? 'Vary: Accept-Encoding\r\n' : '';
  const encoding = coding === 'identity' ? '' : `Content-Encoding: ${coding}\r\n`;
  // RFC 9110 15.4.5: 304 has these and no other field about the representation.
  const always = `ETag: ${etag}\r\nCache-Control: ${cacheControl}\r\n${vary}`;
  const fields = `${always}Last-Modified: ${lastModified}\r\nAccept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\n${encoding}`;
  return {
    coding,
    size: Number(stats.size),
    etag,
    modifiedS,
    lastModified,
    path,
    stats,
    bytes,
    contentType,
    fields,
    whole: responseHead(200, `${fields}Content-Type: ${contentType}\r\n`),
    notModified: responseHead(304, always),
  };
}

/** `fields`: rendered, and no Date among them. */
export function responseHead(status: number, fields: string): ResponseHead {
  return { status, reason: undefined, fields: fieldsOf(fields, false) };
}

export function isSameFile(one: FileStats, other: FileStats): boolean {
  return (
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.dev === other.dev
  );
}

/** Strong, and the same on every machine that has the same copy: no inode, no time of change. Each coding has its own (8.8.3.3). */
function renderEtag(stats: FileStats, coding: Coding): string {
  const suffix = coding === 'identity' ? '' : `-${coding}`;
  return `"${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}${suffix}"`;
}
