/** What `--help` shows, rendered from the settings table. */

import type { Setting, SettingGroup } from '../../config/setting.ts';
import { environmentName, SETTING_GROUPS } from '../../config/setting.ts';
import { SETTINGS } from '../../config/settings.ts';
import { wrap } from './wrap.ts';

const TEXT_WIDTH = 66;
const FLAG_COLUMN = 34;

export const MAIN_HELP = `Portico is a production server for Python web sites.

  cd mysite && portico serve                 serve the Django project in this folder
  portico serve mysite.wsgi                  serve a module's application
  portico serve shop:create_app() -b :8080   serve what a factory makes, on another port

Commands
  serve [APP]     serve an application; "portico serve --help" lists what can be set
  run [FILE]      run the server that a portico.toml describes
  check FILE      tell all that is wrong or risky in an nginx.conf, a site of one, or a portico.toml
  explain FILE    say in plain words what such a file does; with --url: what happens to one request
  convert FILE    write the portico.toml that does what an nginx.conf says
  status          show how a server that runs is
  workers         list its workers: what they do, have done, and take
  reload          have it load the application again; tells why it cannot
  stop            have it end
  scale N         have it serve with N workers
  logs            show the last lines of its log; -f: and those that come
  trace WORKER    show where in its code a worker is now
  nginx           run an nginx.conf, by the command line of nginx (nginx -t tests it)
  gunicorn APP    serve by the command line of gunicorn
  uvicorn APP     … of uvicorn
  daphne APP      … of daphne
  hypercorn APP   … of hypercorn
  uwsgi           … of uWSGI

Flags
  -h, --help      show this
  --version       show the version
`;

export function renderServeHelp(): string {
  const groups = SETTING_GROUPS.map(renderGroup).filter((text) => text !== '');
  return `portico serve [APP] [FLAGS]

  portico serve mysite.wsgi --bind 0.0.0.0:8000 --workers 4

APP is module:callable, module:factory(), a module, a package, or a path: to a .py file, a manage.py or a folder.
Without APP it is looked for in the current folder (docs/guide/finding.md).

${groups.join('\n\n')}

Every flag can also be set by an environment variable: ${environmentName('max-requests')}=1000 is --max-requests 1000.
Times are in seconds unless they say otherwise (500ms, 5m, 2h); sizes may end in K, M or G.

Signals: TERM and INT finish what runs and stop (twice: at once), QUIT stops at once, HUP loads the application again,
TTIN and TTOU add and remove a worker, USR1 opens the log files again.
`;
}

function renderGroup(group: SettingGroup): string {
  const rows = Object.values(SETTINGS).filter((setting) => setting.group === group && !setting.isHidden);
  return rows.length === 0 ? '' : [group, ...rows.map(renderRow)].join('\n');
}

function renderRow(setting: Setting<unknown>): string {
  const name = `  ${setting.short === undefined ? '    ' : `-${setting.short}, `}${renderFlag(setting)}`;
  const isDefaultWorthSaying = !['none', 'off', '0'].includes(setting.fallbackText);
  const text = `${setting.doc}${isDefaultWorthSaying ? ` [${setting.fallbackText}]` : ''}`;
  const lines = wrap(text, TEXT_WIDTH);
  const first = name.length < FLAG_COLUMN ? `${name.padEnd(FLAG_COLUMN)}${lines.shift() ?? ''}` : name;
  return [first, ...lines.map((line) => `${' '.repeat(FLAG_COLUMN)}${line}`)].join('\n');
}

export function renderFlag({ flag, value, isNegatable }: Setting<unknown>): string {
  return isNegatable ? `--${flag}, --no-${flag}` : `--${flag}${value === undefined ? '' : ` ${value}`}`;
}
