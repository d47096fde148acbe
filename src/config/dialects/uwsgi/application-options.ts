/** Options of uWSGI that say what is served, and how its Python is made. */

import { parseAssignment, parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { setting } from '../option.ts';
import { readInteger } from '../option-values.ts';
import { each, flag, row } from './option-row.ts';
import { readMount } from './uwsgi-values.ts';

export const APPLICATION_OPTIONS: readonly Option[] = [
  row(
    'w module wsgi',
    'MODULE',
    'The application: MODULE or MODULE:CALLABLE.',
    setting(parseText, (module) => ({ module })),
  ),
  row(
    'wsgi-file file',
    'FILE',
    'The application, in a file.',
    setting(parseText, (wsgiFile) => ({ wsgiFile })),
  ),
  row(
    'callable',
    'NAME',
    'Its name there; application if it is not said.',
    setting(parseText, (callable) => ({ callable })),
  ),
  each(
    'mount',
    ['URL=APP', 'The application below a URL, which becomes its SCRIPT_NAME.'],
    [readMount, (mounts) => ({ mounts })],
  ),
  row(
    'manage-script-name',
    undefined,
    'SCRIPT_NAME follows --mount, as it does without it.',
    flag((managesScriptName) => ({ managesScriptName })),
  ),
  row(
    'no-default-app',
    undefined,
    'What is below no mount is refused, not given to the first.',
    flag((hasNoDefault) => ({ hasNoDefault })),
  ),
  row(
    'H home virtualenv venv pyhome',
    'FOLDER',
    'The virtual environment.',
    setting(parseText, (folder) => ({ python: `${folder.replace(/\/+$/, '')}/bin/python` })),
  ),
  each(
    'pythonpath python-path pp early-pythonpath early-python-path',
    ['FOLDER', 'Where modules are found as well.'],
    [parseText, (pythonPaths) => ({ pythonPaths })],
  ),
  row(
    'chdir',
    'FOLDER',
    'The folder in which the application runs.',
    setting(parseText, (chdir) => ({ chdir })),
  ),
  each(
    'env ienv',
    ['NAME=VALUE', 'A variable of the environment.'],
    [parseAssignment, (pairs) => ({ env: new Map(pairs) })],
  ),
  row(
    'optimize',
    'LEVEL',
    'PYTHONOPTIMIZE of the application.',
    setting(readInteger(0, 2), (level) => ({ env: new Map([['PYTHONOPTIMIZE', String(level)]]) })),
  ),
  row(
    'lazy-apps lazy',
    undefined,
    'Each worker loads the application.',
    flag((isOn) => ({ preload: isOn ? 'never' : 'auto' })),
  ),
];
