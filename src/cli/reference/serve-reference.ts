/** The reference page of `portico serve`, rendered from the settings table: docs/reference/serve.md. */

import { HABITS } from '../../config/habits.ts';
import type { Setting } from '../../config/setting.ts';
import { environmentName, SETTING_GROUPS } from '../../config/setting.ts';
import { SETTINGS } from '../../config/settings.ts';
import { renderFlag } from '../help/help.ts';

const HEAD = `# portico serve

\`portico serve [APP] [FLAGS]\` serves a Python application.

APP is \`module:callable\`, \`module:factory()\`, a module, a package, or a path: to a \`.py\` file, a \`manage.py\` or a folder. Without APP
it is looked for in the current folder: [what is found](../guide/finding.md).

A flag wins over its environment variable, which wins over the default. A flag that may be repeated is written in the environment
with its values separated by spaces (addresses also by commas). Times are in seconds unless they say otherwise (\`500ms\`, \`5m\`,
\`2h\`); sizes may end in \`K\`, \`M\` or \`G\`. Paths are relative to the folder that the command is run in.

| exit code | meaning |
|---|---|
| 0 | stopped as it was told to |
| 1 | could not start: an address in use, a file that cannot be written, an edge that does not run |
| 2 | the flags or settings are wrong |
| 3 | the application cannot be loaded |
| 70 | the server had an error of its own, which is in the log |

<!-- Made from src/config/settings.ts by tools/reference.ts; a test compares them. -->
`;

export function renderServeReference(): string {
  return `${[HEAD, ...SETTING_GROUPS.map(renderGroup), renderHabits()].join('\n')}`;
}

function renderGroup(group: string): string {
  const rows = Object.values(SETTINGS).filter((setting) => setting.group === group && !setting.isHidden);
  return `## ${group}\n\n| flag | environment | default | |\n|---|---|---|---|\n${rows.map(renderRow).join('\n')}\n`;
}

function renderRow(setting: Setting<unknown>): string {
  const flag = renderFlag(setting)
    .split(', ')
    .map((name) => `\`${name}\``);
  const names = setting.short === undefined ? flag : [`\`-${setting.short}\``, ...flag];
  const cells = [names.join(', '), `\`${environmentName(setting.flag)}\``, setting.fallbackText, setting.doc];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function renderHabits(): string {
  const rows = HABITS.map(({ names, of, value, becomes, why }) => {
    const given = names.map((name) => `\`${name}${value === undefined ? '' : ` ${value}`}\``).join(', ');
    const instead = INSTEAD.get(becomes) ?? `\`${becomes.replace('{}', value ?? '')}\``;
    return `| ${given} | ${of} | ${becomes === '' ? '' : instead}${becomes === '' || why === undefined ? '' : '; '}${why ?? ''} |`;
  });
  return `## Words of other servers\n\nThey are not obeyed: the command ends with code 2, says what to write instead, and has the whole line for you to paste. So do \`portico run\`, \`portico runserver\` and a command without \`serve\`.\n\n| word | of | here |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** What several words make together. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['host {}', '`--bind HOST:PORT`'],
  ['port {}', '`--bind HOST:PORT`'],
  ['app {}', 'APP, without a flag'],
  ['callable {}', '`MODULE:NAME`'],
  ['factory', "`'MODULE:FACTORY()'`"],
]);
