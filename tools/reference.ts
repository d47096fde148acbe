/** Writes the pages of docs/reference/ that are made from the code. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { renderDialectReference } from '../src/cli/reference/dialect-reference.ts';
import { renderNginxReference } from '../src/cli/reference/nginx-reference.ts';
import { renderServeReference } from '../src/cli/reference/serve-reference.ts';
import { renderTomlReference } from '../src/cli/reference/toml-reference.ts';
import { DAPHNE } from '../src/config/dialects/daphne.ts';
import { GUNICORN } from '../src/config/dialects/gunicorn.ts';
import { HYPERCORN } from '../src/config/dialects/hypercorn.ts';
import { UVICORN } from '../src/config/dialects/uvicorn.ts';
import { UWSGI } from '../src/config/dialects/uwsgi/uwsgi.ts';
import { jsonSchema } from '../src/config/toml/sections.ts';

mkdirSync('docs/reference', { recursive: true });
writeFileSync('docs/reference/serve.md', renderServeReference());
for (const dialect of [GUNICORN, UWSGI, UVICORN, DAPHNE, HYPERCORN]) {
  writeFileSync(`docs/reference/${dialect.name}.md`, renderDialectReference(dialect));
}
writeFileSync('docs/reference/nginx.md', renderNginxReference());
writeFileSync('docs/reference/portico-toml.md', renderTomlReference());
writeFileSync('docs/reference/portico-toml.schema.json', `${JSON.stringify(jsonSchema(), null, 2)}\n`);
