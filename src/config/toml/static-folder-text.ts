/** `/static/=/srv/static`: a folder of files in front of an application. */

import { resolve } from 'node:path';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { StaticFolder } from '../model/folders.ts';

/** As `--static` of the command line has it: what is not in the folder is not there. */
export function parseStaticFolder(text: string, folder: string): Outcome<StaticFolder> {
  const [, url = '', root] = /^(\/[^=]*?)\/?=(.+)$/.exec(text) ?? [];
  return root === undefined
    ? failure(`"${text}" is not a folder for a path. Write "/static/=/srv/static"`)
    : success({
        url: `${url}/`.replace(/^\/\//, '/'),
        root: resolve(folder, root),
        hashed: false,
        missing: 'refuse',
        links: 'inside',
      });
}

export function renderStaticFolder({ url, root }: StaticFolder): string {
  return `${url}=${root}`;
}
