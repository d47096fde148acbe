/** Writes the pages of docs/reference/ that are made from the code. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { renderServeReference } from '../src/cli/reference.ts';

mkdirSync('docs/reference', { recursive: true });
writeFileSync('docs/reference/serve.md', renderServeReference());
