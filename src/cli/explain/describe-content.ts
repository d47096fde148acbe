/** What answers in a place, and what is done to a request on the way to it, in plain words. */

import type { Content } from '../../config/model/content.ts';
import type { Instruction, Rewrite } from '../../config/model/instruction.ts';
import { isRedirect } from '../../config/model/redirect-status.ts';
import type { Scope } from '../../config/model/scope.ts';
import type { Location, ServerModel } from '../../config/model/server-model.ts';
import { renderCondition } from '../../config/toml/condition.ts';
import { unreachable } from '../../kernel/unreachable.ts';
import { describeProxy } from './describe-proxy.ts';
import { textOf } from './describe-rules.ts';

/** `match`: of the location; undefined for the site itself. */
export function describeContent(
  content: Content,
  scope: Scope,
  model: ServerModel,
  match: Location['match'] | undefined,
): string {
  switch (content.kind) {
    case 'app':
      return describeApp(content, model);
    case 'files':
      return describeFiles(scope, match);
    case 'proxy':
      return describeProxy(content, model);
    case 'reply':
      return describeReturn(content);
    case 'status':
      return 'shows how busy the server is';
    case 'upstreams':
      return 'shows the servers that requests are handed on to, in JSON';
    case 'empty-gif':
      return 'answers with a transparent image of one pixel';
    default:
      return unreachable(content);
  }
}

function describeApp(
  { app, scriptName, folders }: Extract<Content, { readonly kind: 'app' }>,
  { apps }: ServerModel,
): string {
  const target = apps.find(({ id }) => id === app)?.target ?? '';
  const name = target === '' ? 'the application of the folder' : `the application ${target}`;
  const mount = scriptName === '' ? '' : `, mounted at ${scriptName}`;
  const files =
    folders.length === 0 ? '' : `, after ${folders.map(({ url, root }) => `files of ${root} (${url})`).join(', ')}`;
  return `asks ${name}${mount}${files}`;
}

function describeFiles({ files }: Scope, match: Location['match'] | undefined): string {
  const path = textOf(files.path).replace(/\/$/, '');
  const index = files.index.map(textOf).join(', ');
  const folders =
    files.autoindex === undefined ? `for a folder: ${index}` : `for a folder: ${index}, or a list of what is in it`;
  if (files.kind === 'root') {
    return `sends the file ${path} + path; ${folders}`;
  }
  const rest = match !== undefined && match.kind !== 'regex' ? ` + what follows ${match.text}` : '';
  return `sends the file ${textOf(files.path)}${rest}; ${folders}`;
}

/** One line for each; those inside of an `if` stand behind it, indented. */
function describeInstructions(instructions: readonly Instruction[], indent = ''): readonly string[] {
  return instructions.flatMap((instruction) =>
    instruction.kind === 'if'
      ? [`${indent}if ${renderCondition(instruction.condition)}:`, ...describeInside(instruction, `${indent}  `)]
      : [`${indent}${describeInstruction(instruction)}`],
  );
}

function describeInside({ inside }: Extract<Instruction, { readonly kind: 'if' }>, indent: string): readonly string[] {
  const lines = describeInstructions(inside, indent);
  return lines.length === 0 ? [`${indent}other rules hold`] : lines;
}

export function describeInstruction(instruction: Exclude<Instruction, { readonly kind: 'if' }>): string {
  switch (instruction.kind) {
    case 'set':
      return `$${instruction.variable} is "${textOf(instruction.value)}"`;
    case 'break':
      return 'the rules end here';
    case 'return':
      return describeReturn(instruction);
    case 'rewrite':
      return describeRewrite(instruction);
    default:
      return unreachable(instruction);
  }
}

function describeReturn({
  status,
  body,
}: Pick<Extract<Instruction, { readonly kind: 'return' }>, 'status' | 'body'>): string {
  if (status === 444) {
    return 'closes the connection without an answer';
  }
  const text =
    body === undefined ? '' : isRedirect(status) ? `, to ${textOf(body)}` : ` with the text "${textOf(body)}"`;
  return `answers ${status}${text}`;
}

function describeRewrite({ pattern, replacement, flag }: Rewrite): string {
  const to = textOf(replacement);
  switch (flag) {
    case 'redirect':
      return `a path that matches ${pattern.text} is redirected to ${to} (302)`;
    case 'permanent':
      return `a path that matches ${pattern.text} is redirected to ${to} (301)`;
    case 'last':
      return `a path that matches ${pattern.text} becomes ${to}, and a location is looked for`;
    case 'break':
      return `a path that matches ${pattern.text} becomes ${to}, and stays here`;
    default:
      return `a path that matches ${pattern.text} becomes ${to}`;
  }
}

export interface WayToAnswer {
  /** What is done before. */
  readonly first: readonly string[];
  /** Whatever is asked for is answered by an instruction, and the content never; undefined: the content answers. */
  readonly answer: string | undefined;
}

export function describeWay(instructions: readonly Instruction[]): WayToAnswer {
  const index = instructions.findIndex(({ kind }) => kind === 'return' || kind === 'break');
  const end = instructions[index];
  return end?.kind === 'return'
    ? { first: describeInstructions(instructions.slice(0, index)), answer: describeReturn(end) }
    : { first: describeInstructions(instructions), answer: undefined };
}
