/** What `portico uvicorn --help` and its like show, rendered from the table of the options. */

import type { Dialect, Option } from '../../config/dialects/option.ts';
import { renderUsage } from '../dialects/dialect-diagnostics.ts';
import { wrap } from './wrap.ts';

const TEXT_WIDTH = 70;
const NAME_COLUMN = 34;

export function renderDialectHelp(dialect: Dialect): string {
  const options = dialect.options.filter(({ names }) => names.length > 0);
  const ofKind = (kind: Option['treatment']['kind']) =>
    options.filter(({ treatment }) => treatment.kind === kind).map(renderOption);
  const [usage = ''] = renderUsage(dialect).split('\n');
  return `${usage}

The command line of ${dialect.name} ${dialect.version}. Whatever it has no option for is set as for "portico serve":
PORTICO_TIMEOUT=60 is "portico serve --timeout 60". "portico serve --help" lists all.

Options
${ofKind('setting').join('\n')}

Options that have no meaning here; the server says so and starts
${ofKind('meaningless').join('\n')}

Options that are not supported; the server does not start
${ofKind('unsupported').join('\n')}
`;
}

function renderOption(option: Option): string {
  const name = `  ${optionText(option)}`;
  const lines = wrap(describe(option), TEXT_WIDTH);
  const first = name.length < NAME_COLUMN ? `${name.padEnd(NAME_COLUMN)}${lines.shift() ?? ''}` : name;
  return [first, ...lines.map((line) => `${' '.repeat(NAME_COLUMN)}${line}`)].join('\n');
}

function describe({ doc, fallbackText, treatment }: Option): string {
  switch (treatment.kind) {
    case 'setting':
      return `${doc}${fallbackText === undefined ? '' : ` [${fallbackText}]`}`;
    case 'meaningless':
      return `${treatment.reason}.`;
    case 'unsupported':
      return `${treatment.wayOut}.`;
  }
}

/** `-p, --port PORT`, `--access-log / --no-access-log`. */
export function optionText({ names, negation, value }: Option): string {
  const text = names.join(', ');
  return negation === undefined ? `${text}${value === undefined ? '' : ` ${value}`}` : `${text} / ${negation}`;
}
