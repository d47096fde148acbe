/** The reference page of a foreign command line, rendered from the table of its options: docs/reference/uvicorn.md and its like. */

import type { Dialect, Option } from '../../config/dialects/option.ts';
import { optionText } from '../help/dialect-help.ts';

/** Pages for those who come from one of these; the others have one together. */
const PAGES: ReadonlyMap<string, string> = new Map([
  ['gunicorn', 'gunicorn'],
  ['uwsgi', 'uwsgi'],
]);

export function renderDialectReference(dialect: Dialect): string {
  const { name, version, application, options } = dialect;
  const ofKind = (kind: Option['treatment']['kind']) => options.filter(({ treatment }) => treatment.kind === kind);
  return `# portico ${name}

\`portico ${name} [OPTIONS] ${application}\` serves a Python application by the command line of ${name} ${version}.
[From other servers](../moving/${PAGES.get(name) ?? 'asgi-servers'}.md) says what is different.

<!-- Made from src/config/dialects by tools/reference.ts; a test compares them. -->

## Options

| option | ${columns(dialect, ' | ')}default | |
|---|${columns(dialect, '|').replaceAll(/[^|]+/g, '---')}---|---|
${ofKind('setting')
  .map((option) => renderRow(dialect, option, [option.fallbackText ?? '', option.doc]))
  .join('\n')}

## Options that have no meaning here

The server says so in its log, and starts.

| option | ${columns(dialect, ' | ')}why |
|---|${columns(dialect, '|').replaceAll(/[^|]+/g, '---')}---|
${ofKind('meaningless')
  .flatMap((option) =>
    option.treatment.kind === 'meaningless' ? renderRow(dialect, option, [sentence(option.treatment.reason)]) : [],
  )
  .join('\n')}

## Options that are not supported

The server does not start with them: exit code 2.

| option | ${columns(dialect, ' | ')}what to do |
|---|${columns(dialect, '|').replaceAll(/[^|]+/g, '---')}---|
${ofKind('unsupported')
  .flatMap((option) =>
    option.treatment.kind === 'unsupported' ? renderRow(dialect, option, [sentence(option.treatment.wayOut)]) : [],
  )
  .join('\n')}
`;
}

/** Where else it can be said. */
function columns({ options }: Dialect, separator: string): string {
  const names = [
    ...(options.some(({ variable }) => variable !== undefined) ? ['environment'] : []),
    ...(options.some(({ key }) => key !== undefined) ? ['in the file'] : []),
  ];
  return names.map((name) => `${name}${separator}`).join('');
}

function renderRow(dialect: Dialect, option: Option, cells: readonly string[]): string {
  const hasVariables = dialect.options.some(({ variable }) => variable !== undefined);
  const hasKeys = dialect.options.some(({ key }) => key !== undefined);
  const all = [
    option.names.length === 0 ? '' : `\`${optionText(option)}\``,
    ...(hasVariables ? [code(option.variable)] : []),
    ...(hasKeys ? [code(option.key)] : []),
    ...cells,
  ];
  return `| ${all.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
