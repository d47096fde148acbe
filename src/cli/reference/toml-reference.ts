/** The reference page of portico.toml, rendered from the tables of its fields: docs/reference/portico-toml.md. */

import type { Part } from '../../config/toml/kind.ts';
import type { Section } from '../../config/toml/sections.ts';
import { SECTIONS } from '../../config/toml/sections.ts';

const HEAD = `# portico.toml

A server in a file, [TOML](https://toml.io): addresses, sites, applications, and what holds for them. \`portico serve APP --show-config\` writes the
file that a start by flags amounts to. For editors there is a [JSON Schema](portico-toml.schema.json).

- Paths are relative to the folder of the file.
- \`include = ["sites/*.toml"]\` reads further files, as if they stood here.
- A time is a number of seconds, or a text with a unit: \`"500ms"\`, \`"5m"\`, \`"2h"\`, \`"1d"\`. A size is a number of bytes, or a text: \`"500K"\`, \`"10M"\`, \`"1G"\`.
- A text with variables has nginx's: \`$host\`, \`\${uri}\`, \`$1\`; a dollar itself is written twice.
- \`{env.NAME}\` in a text is a variable of the environment, \`{env.NAME:default}\` one that need not be there, and \`{file./run/secrets/name}\` the text of a file.

Everything that is wrong is told at once, with file, line and column.

<!-- Made from src/config/toml by tools/reference.ts; a test compares them. -->
`;

export function renderTomlReference(): string {
  return [HEAD, ...SECTIONS.map(renderSection)].join('\n');
}

function renderSection({ title, doc, fields }: Section): string {
  const rows = fields.flatMap((each) => renderRows(each, ''));
  return `## ${title}\n\n${doc}\n\n| key | value | |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** A table has its own fields in the rows below it. */
function renderRows({ name, kind, doc }: Part, inside: string): string[] {
  const cells = [`\`${inside}${name}\``, kind.words, doc];
  const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [row, ...(kind.parts ?? []).flatMap((part) => renderRows(part, `${inside}${name}.`))];
}
