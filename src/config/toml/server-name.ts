/** Names of a site: `example.org`, `*.example.org`, `.example.org` (both), `www.example.*`, `~regex`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { ServerName } from '../model/server-model.ts';

const NAME = /^[^\s/:*~]+$/;

/** A name with a dot in front is two. */
export function parseServerName(text: string): Outcome<readonly ServerName[]> {
  if (text.startsWith('~')) {
    return success([{ kind: 'regex', pattern: { text: text.slice(1), isCaseless: true } }]);
  }
  const lower = text.toLowerCase();
  if (lower.startsWith('*.') && NAME.test(lower.slice(2))) {
    return success([{ kind: 'suffix', text: lower.slice(1) }]);
  }
  if (lower.endsWith('.*') && NAME.test(lower.slice(0, -2))) {
    return success([{ kind: 'prefix', text: lower.slice(0, -1) }]);
  }
  if (lower.startsWith('.') && NAME.test(lower.slice(1))) {
    return success([
      { kind: 'exact', text: lower.slice(1) },
      { kind: 'suffix', text: lower },
    ]);
  }
  return NAME.test(lower) || lower === ''
    ? success([{ kind: 'exact', text: lower }])
    : failure(
        `"${text}" is not the name of a site. Write "example.org", "*.example.org", "www.example.*" or "~regex"; a port belongs to "listen"`,
      );
}
