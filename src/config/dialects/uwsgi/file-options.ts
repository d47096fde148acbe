/** Options of uWSGI about files that are served without the application, and about fields of responses. */

import { parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { each } from './option-row.ts';
import { readAddedField, readExpires, readStaticMap, readStaticMap2 } from './uwsgi-values.ts';

export const FILE_OPTIONS: readonly Option[] = [
  each(
    'static-map',
    ['URL=FOLDER', 'Files below a URL, or one file. What is not there is asked of the application.'],
    [readStaticMap, (staticMaps) => ({ staticMaps })],
  ),
  each(
    'static-map2',
    ['URL=FOLDER', 'The same, and the URL is a part of the path of the file.'],
    [readStaticMap2, (staticMaps2) => ({ staticMaps2 })],
  ),
  each(
    'check-static static-check',
    ['FOLDER', 'Files of any path, before the application is asked.'],
    [parseText, (checkedFolders) => ({ checkedFolders })],
  ),
  each(
    'static-index',
    ['NAME', 'The file that stands for a folder.'],
    [parseText, (staticIndexes) => ({ staticIndexes })],
  ),
  each(
    'static-skip-ext',
    ['ENDING', 'Files that are never sent, by the end of their names.'],
    [parseText, (skippedEndings) => ({ skippedEndings })],
  ),
  each(
    'static-expires static-expires-mtime static-expires-uri static-expires-uri-mtime static-expires-path-info static-expires-path-info-mtime static-expires-type static-expires-type-mtime',
    [
      'PATTERN SECONDS',
      'How long browsers may keep files. Patterns of all files (/*), of those below a URL (/static/.*) and of names with a hash ([a-f0-9]{12}) are obeyed; for others browsers ask again, and are answered from memory.',
    ],
    [readExpires, (expires) => ({ expires: expires.filter((one) => one !== undefined) })],
  ),
  each(
    'add-header',
    ['NAME: VALUE', 'A field that every response has. Connection: close ends connections.'],
    [
      readAddedField,
      (fields) => ({
        responseFields: fields.filter((field) => field !== undefined && field !== 'closes'),
        ...(fields.includes('closes') ? { keepAliveMs: 0 } : {}),
      }),
    ],
  ),
];
