// Files of a configuration that are not on any disk, for the tests of the language.

import { failure, success } from '../../../kernel/outcome.ts';
import { renderPlace } from '../../place.ts';
import type { Draft } from './draft.ts';
import type { NginxReading } from './read-nginx.ts';
import { readNginx } from './read-nginx.ts';
import type { NginxFileReader, ReadNginxOptions } from './read-nginx-files.ts';

const MAIN = '/etc/nginx/nginx.conf';

export function fakeFiles(files: Readonly<Record<string, string | Buffer>>): NginxFileReader {
  return {
    readFile: (path) => {
      const content = files[path];
      return content === undefined
        ? failure({ call: 'open()', number: 2, text: 'No such file or directory' })
        : success(Buffer.from(content));
    },
    listFolder: (path) => {
      const inside = Object.keys(files).filter((name) => name.startsWith(`${path === '/' ? '' : path}/`));
      const names = inside.map((name) => name.slice(path === '/' ? 1 : path.length + 1).split('/')[0] ?? '');
      return names.length === 0 ? undefined : [...new Set(names)];
    },
  };
}

export function readText(
  text: string | Buffer,
  others: Readonly<Record<string, string>> = {},
  options: ReadNginxOptions = {},
): NginxReading {
  return readNginx(MAIN, fakeFiles({ [MAIN]: text, ...others }), options);
}

/** `line:column message` of each error, and of the other files also the name. */
export function errorsOf(
  text: string | Buffer,
  others: Readonly<Record<string, string>> = {},
  options: ReadNginxOptions = {},
): string[] {
  return readText(text, others, options)
    .diagnostics.filter(({ severity }) => severity === 'error')
    .map(({ place, message }) => `${renderPlace(place).replace(`${MAIN}:`, '')} ${message}`);
}

/** The inside of `http`, on the first line. */
export function inHttp(text: string): string[] {
  return errorsOf(`events {} http { ${text}\n}`);
}

/** The last block of the last block, and so on: the one that a test is about. */
export function innermost(draft: Draft): Draft {
  const last = draft.children.findLast(({ kind }) => kind !== 'events');
  return last === undefined ? draft : innermost(last);
}
