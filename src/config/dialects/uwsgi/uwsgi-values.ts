/** How values are written in options of uWSGI. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { ServeBind } from '../../bind-address.ts';
import { parseBindAddress } from '../../bind-address.ts';
import type { Treatment } from '../option.ts';
import { readSocketPath } from '../option-values.ts';

/** What starts nevertheless, and says what is different. */
export function told(consequence: string): Treatment {
  return { kind: 'setting', read: () => success({ notes: [consequence] }) };
}

/** With a colon it is HOST:PORT, without one the path of a Unix socket. */
export function readAddress(text: string): Outcome<ServeBind> {
  if (/^(?:@|\\0|fd:)/.test(text)) {
    return failure(`"${text}" is a socket without a path, which is not listened on. Name a path`);
  }
  return text.includes(':') ? parseBindAddress(text) : readSocketPath(text);
}

export function readSocketProtocol(text: string): Outcome<'uwsgi' | 'http'> {
  return text === 'uwsgi' || text === 'http' ? success(text) : failure(`"${text}" is neither uwsgi nor http`);
}
