/** Directives that list media types (`gzip_types` and its kin): text/html is always among them, and those of a block take the place of those around it. */

import type { MediaTypes } from '../../../model/bodies.ts';
import type { Draft, DraftKey } from '../draft.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { appendEach } from './keep.ts';

export function typesRow(name: string, key: DraftKey<readonly string[]>, doc: string): Row {
  const [made] = repeatable([
    row(name, HTTP, 'plain...', doc, {
      apply: (args, draft, report) => {
        const types = args.texts().map((type) => type.toLowerCase());
        const before = new Set([ALWAYS, ...(draft.own(key) ?? [])]);
        for (const [index, type] of types.entries()) {
          if (before.has(type)) {
            report('nginx.suspicious', args.place(index), `duplicate MIME type "${type}"`, {
              hint: type === ALWAYS ? `${ALWAYS} is always among them.` : undefined,
              severity: 'warning',
            });
          }
          before.add(type);
        }
        appendEach(draft, key, types);
      },
    }),
  ]);
  return made as Row;
}

/** Listed types are beside this one, whatever is usual where none are listed. */
const ALWAYS = 'text/html';

export function typesOf(draft: Draft, key: DraftKey<readonly string[]>, usual: MediaTypes = [ALWAYS]): MediaTypes {
  const listed = draft.get(key);
  if (listed === undefined) {
    return usual;
  }
  return listed.includes('*') ? ['*'] : [...new Set([ALWAYS, ...listed])];
}
