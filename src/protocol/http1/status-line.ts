/** RFC 9112 4: `HTTP-version SP status-code SP [ reason-phrase ]`. */

import type { Fault } from './faults.ts';
import { fault } from './faults.ts';

export interface StatusLine {
  readonly minor: 0 | 1;
  readonly status: number;
  readonly reason: string;
}

/** The space before an empty reason is required, and often left out; nothing can be read in two ways for want of it. */
const STATUS_LINE = /^HTTP\/([0-9])\.([0-9]) ([1-9][0-9]{2})(?: ([\t\x20-\x7e\x80-\xff]*))?$/;

/** `line` has no line end. */
export function parseStatusLine(line: string): StatusLine | Fault {
  if (line.includes('\r')) {
    return fault('http1.bare-line-break', 'CR without LF', line);
  }
  const match = STATUS_LINE.exec(line);
  if (match === null) {
    return fault('http1.bad-status-line', 'not a status line', line);
  }
  if (match[1] !== '1') {
    return fault('http1.unsupported-version', 'a version of HTTP that is not spoken here', line);
  }
  return { minor: match[2] === '0' ? 0 : 1, status: Number(match[3]), reason: match[4] ?? '' };
}
