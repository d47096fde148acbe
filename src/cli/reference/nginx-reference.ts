/** The page about nginx's directives, rendered from their table: docs/reference/nginx.md. */

import { NGINX_CODES } from '../../config/diagnostic-codes.ts';
import { BLOCK_NAMES } from '../../config/dialects/nginx/block-kind.ts';
import { NGINX_GROUPS } from '../../config/dialects/nginx/directives/table.ts';
import { ownFileNames } from '../../config/dialects/nginx/own-files.ts';
import type { Row, Status } from '../../config/dialects/nginx/row.ts';
import { statusOf } from '../../config/dialects/nginx/row.ts';

const HEAD = `# nginx's directives

\`portico nginx\` runs nginx's configuration files. This page lists every directive of nginx 1.22 to 1.31, of its optional modules and of well-known
others: first those that do what they do in nginx, then those that are accepted and have no effect, those that are to come, and those that
are refused.

How arguments are written: \`[…]\` may be left out, \`text...\` is one or more, \`on|off\` is one of these words, \`{ }\` is a block.

| written | means |
|---|---|
| flag | \`on\` or \`off\` |
| size, bytes | a number of bytes, or with \`k\` or \`m\` behind it |
| offset | the same, or with \`g\` |
| msec, sec | a time: \`30s\`, \`500ms\`, \`1h 30m\`; without a unit it is in seconds |
| number, count | a number; a count is not 0 |
| text | may have variables: \`$host\`, \`\${host}\`, \`$1\` |
| plain, path, address, parameter | as it is |
| regex | a regular expression as PCRE reads it |
| variable | the name of a variable that the directive defines: \`$name\` |

A file that is included and missing is taken from Portico where it is one of those that come with nginx: ${ownFileNames()
  .map((name) => `\`${name}\``)
  .join(', ')}.

<!-- Made from src/config/dialects/nginx/directives by tools/reference.ts; a test compares them. -->
`;

type Without = Exclude<Status, { readonly kind: 'supported' }>;

const SECTIONS: readonly { readonly kind: Without['kind']; readonly title: string; readonly what: string }[] = [
  {
    kind: 'accepted',
    title: 'Directives that are accepted and have no effect',
    what: 'The server starts, and says so in its log at the level "notice".',
  },
  {
    kind: 'later',
    title: 'Directives that are to come',
    what: 'The server starts with a warning, which says what happens instead: one for all directives that have the same reason.',
  },
  {
    kind: 'refused',
    title: 'Directives that are refused',
    what: 'The server does not start with them: to leave them out would mislead somebody, or open what was closed.',
  },
];

export function renderNginxReference(): string {
  return [HEAD, ...NGINX_GROUPS.flatMap(renderGroup), ...SECTIONS.map(renderSection), renderCodes()].join('\n');
}

function renderGroup({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }): string[] {
  const supported = rows.filter((row) => statusOf(row).kind === 'supported');
  if (supported.length === 0) {
    return [];
  }
  const lines = supported.map(
    (row) => `| \`${cell(`${row.name} ${signatureOf(row)}`.trim())}\` | ${cell(contextsOf(row))} | ${cell(row.doc)} |`,
  );
  return [`## ${title}\n\n| directive | in | |\n|---|---|---|\n${lines.join('\n')}\n`];
}

/** The reasons, each with its directives: most are shared by many. */
function renderSection({ kind, title, what }: (typeof SECTIONS)[number]): string {
  const byReason = new Map<string, Set<string>>();
  for (const row of NGINX_GROUPS.flatMap(({ rows }) => rows)) {
    const status = statusOf(row);
    if (status.kind === kind) {
      const names = byReason.get(status.why) ?? new Set();
      byReason.set(status.why, names.add(row.name));
    }
  }
  const lines = [...byReason].map(
    ([why, names]) => `| ${cell(why)} | ${[...names].map((name) => `\`${name}\``).join(', ')} |`,
  );
  return `## ${title}\n\n${what}\n\n| why | directives |\n|---|---|\n${lines.join('\n')}\n`;
}

function renderCodes(): string {
  const lines = Object.entries(NGINX_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`);
  return `## What can be wrong\n\nAll that is wrong is told in one run, in the order of the files. The codes stay what they are, whatever the messages say.\n\n| code | meaning |\n|---|---|\n${lines.join('\n')}\n`;
}

function signatureOf({ signature }: Row): string {
  return signature.replace(/\{.*\}/, '{ }');
}

function contextsOf({ contexts }: Row): string {
  return contexts.length > 8 ? 'everywhere' : contexts.map((kind) => BLOCK_NAMES[kind].replaceAll('"', '')).join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
