/** One form of a file (plain or compressed) with everything of its responses that can be made beforehand. Pure. */

import { httpDate } from '../../../kernel/clock.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOf } from '../../../protocol/http/response-fields.ts';
import type { Validators } from './conditional.ts';
import type { Coding, Encoded } from './encodings.ts';
import type { FileStats } from './file-stats.ts';
import type { FileRule, LookRule } from './folder.ts';

export interface RepresentationFacts {
  /** Ends with the name by which the file is known to clients. */
  readonly name: string;
  readonly coding: Coding;
  /** Path of the file with the bytes. */
  readonly path: string;
  readonly stats: FileStats;
  /** The content, if it is small. */
  readonly bytes: Buffer | undefined;
  /** Sent whatever the client accepts. */
  readonly isForced: boolean;
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

export function renderRepresentation(facts: RepresentationFacts, rule: FileRule, nowMs: number): Representation {
  const { coding, path, stats, bytes, isForced } = facts;
  const { look, ranges } = rule;
  const etag = renderEtag(stats, coding, look.etag);
  const modifiedS = modifiedSecond(stats, look.etag, nowMs);
  const lastModified = httpDate(modifiedS * 1000);
  const contentType = look.typeOf(facts.name);
  // RFC 9110 15.4.5: 304 has these and no other field about the representation.
  const always = `${line('ETag', etag)}${line('Cache-Control', look.cacheControlOf(facts.name))}${facts.isNegotiated ? VARY : ''}`;
  const sniffing = look.forbidsSniffing ? 'X-Content-Type-Options: nosniff\r\n' : '';
  const encoding = coding === 'identity' ? '' : line('Content-Encoding', coding);
  const modified = line('Last-Modified', lastModified);
  const acceptance = ranges.countMax === 0 ? '' : 'Accept-Ranges: bytes\r\n';
  const fields = `${always}${modified}${acceptance}${sniffing}${encoding}`;
  return {
    coding,
    isForced,
    size: Number(stats.size),
    etag,
    modifiedS,
    lastModified,
    path,
    stats,
    bytes,
    contentType,
    fields,
    whole: { ...responseHead(200, `${line('Content-Type', contentType)}${fields}`), takesRanges: ranges.countMax > 0 },
    // A validator alone is enough (15.4.5), and where there is no tag the time is the one that there is.
    notModified: responseHead(304, look.etag === 'fine' ? always : `${modified}${always}`),
  };
}

const VARY = 'Vary: Accept-Encoding\r\n';

function line(name: string, value: string): string {
  return value === '' ? '' : `${name}: ${value}\r\n`;
}

export function responseHead(status: number, fields: string): ResponseHead {
  return { status, reason: undefined, fields: fieldsOf(fields, false) };
}

/** RFC 9110 8.8.2.1: never later than Date, whatever the clock that stamped the file thought; but a tag of seconds is the time itself. */
function modifiedSecond(stats: FileStats, etag: LookRule['etag'], nowMs: number): number {
  const modifiedMs = Number(stats.mtimeNs / 1_000_000n);
  return Math.floor((etag === 'fine' ? Math.min(modifiedMs, nowMs) : modifiedMs) / 1000);
}

/**
 * Strong, and the same on every machine that has the same copy: no inode, no time of change. Each coding has its own (8.8.3.3); by seconds, it is told apart by its
 * size and its time.
 */
function renderEtag(stats: FileStats, coding: Coding, form: LookRule['etag']): string {
  switch (form) {
    case 'none':
      return '';
    case 'seconds':
      return `"${(stats.mtimeNs / 1_000_000_000n).toString(16)}-${stats.size.toString(16)}"`;
    case 'fine': {
      const suffix = coding === 'identity' ? '' : `-${coding}`;
      return `"${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}${suffix}"`;
    }
  }
}
