/**
 * The body of a request that a content has read whole. The content that follows it (an error page, X-Accel-Redirect) may send it again, and variables show it. It is
 * there until the response has left.
 */

import type { RequestBody } from '../../upstream/request-body.ts';

export interface ReadBody {
  readonly length: number;
  /** Latin-1. Undefined: it is in a file, too long, or no variable shows it. */
  readonly text: string | undefined;
  /** The file that it is in; '' if it is in memory. */
  readonly path: string;
  /** From its beginning, for one who sends it. */
  replay(): RequestBody;
}
