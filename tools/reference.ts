/** Writes the pages of docs/reference/ that are made from the code. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { renderDialectReference } from '../src/cli/dialect-reference.ts';
import { renderServeReference } from '../src/cli/reference.ts';
import { DAPHNE } from '../src/config/dialects/daphne.ts';
import { HYPERCORN } from '../src/config/dialects/hypercorn.ts';
import { UVICORN } from '../src/config/dialects/uvicorn.ts';

mkdirSync('docs/reference', { recursive: true });
writeFileSync('docs/reference/serve.md', renderServeReference());
for (const dialect of [UVICORN, DAPHNE, HYPERCORN]) {
  writeFileSync(`docs/reference/${dialect.name}.md`, renderDialectReference(dialect));
}
