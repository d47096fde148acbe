/** The settings of gunicorn, with their flags, as pages name them. */

import { GUNICORN } from '../../src/config/dialects/gunicorn.ts';
import { GUNICORN_SETTINGS as TABLE } from '../../src/config/dialects/gunicorn-settings.ts';

export const GUNICORN_SETTINGS: readonly { readonly name: string; readonly flags: readonly string[] }[] = TABLE.map(
  ({ name, flag }) => ({
    name,
    flags: GUNICORN.options.find(({ names }) => flag !== undefined && names.includes(flag))?.names ?? [],
  }),
);

export function gunicornFlags(): string[] {
  return GUNICORN_SETTINGS.flatMap(({ flags }) => flags);
}
