/** Text with variables for a handshake, of which nothing is known but who is there and what the client has said first: names of certificates. */

import { hostname } from 'node:os';
import type { Template, TemplatePart } from '../../config/model/template.ts';
import type { DefinedVariable } from '../../config/model/variables.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { MatchBudget } from '../pipeline/match-budget.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { Captures, Subject, TemplateFor, VariableFor } from '../pipeline/subject.ts';
import { binaryAddress } from '../pipeline/variables/connection-variables.ts';
import type { CompiledPattern } from '../plan/compile-pattern.ts';
import { compilePattern } from '../plan/compile-pattern.ts';
import { compileTemplate } from '../plan/compile-template.ts';
import type { TextCompiler } from '../plan/text-compiler.ts';
import { VariableTable } from '../plan/variable-table.ts';

export interface HandshakeFacts {
  /** In lower case; '' if the client names nobody. */
  readonly serverName: string;
  /** Of the client; '' on a Unix socket. */
  readonly address: string;
}

class Handshaking implements Subject {
  readonly facts: HandshakeFacts;
  captures: Captures | undefined = undefined;
  readonly slots: (string | undefined)[] = [];
  readonly isQuoted = false;
  readonly #log: HandshakeLog;
  readonly #matches = new MatchBudget();

  constructor(facts: HandshakeFacts, log: HandshakeLog) {
    this.facts = facts;
    this.#log = log;
  }

  log(_level: ErrorLevel, message: string): void {
    this.#log(message);
  }

  countMatch(length: number): void {
    this.#matches.count(length);
  }
}

/** Lines for the error log of the thread. */
type HandshakeLog = (text: string) => void;
type HandshakeVariable = VariableFor<Handshaking>;

const UNIX = 'unix:';
const HOST = hostname();

const VARIABLES: ReadonlyMap<string, HandshakeVariable> = new Map<string, HandshakeVariable>([
  ['ssl_server_name', ({ facts }) => facts.serverName],
  ['remote_addr', ({ facts }) => facts.address || UNIX],
  ['realip_remote_addr', ({ facts }) => facts.address || UNIX],
  ['binary_remote_addr', ({ facts }) => binaryAddress(facts.address)],
  ['hostname', () => HOST],
]);

export class HandshakeTexts implements TextCompiler<Handshaking> {
  readonly #variables: VariableTable<Handshaking>;
  readonly #templates = new WeakMap<readonly TemplatePart[], TemplateFor<Handshaking>>();
  readonly #log: HandshakeLog;

  /** `variables`: those that the configuration defines. */
  constructor(variables: readonly DefinedVariable[], log: HandshakeLog) {
    this.#log = log;
    this.#variables = new VariableTable(variables, {
      compiler: this,
      forwardedOf: () => [],
      // Of a request there is nothing yet.
      otherwise: (lower) => VARIABLES.get(lower) ?? this.#assigned(lower),
    });
  }

  render(template: Template, facts: HandshakeFacts): string {
    return renderTemplate(this.template(template), new Handshaking(facts, this.#log));
  }

  template(template: Template): TemplateFor<Handshaking> {
    const known = typeof template === 'string' ? template : this.#templates.get(template);
    if (known !== undefined) {
      return known;
    }
    const fresh = compileTemplate<Handshaking>(template, (name) => this.#variables.variable(name));
    if (typeof template !== 'string') {
      this.#templates.set(template, fresh);
    }
    return fresh;
  }

  pattern(pattern: Parameters<TextCompiler<Handshaking>['pattern']>[0]): CompiledPattern {
    return compilePattern(pattern, (name) => this.#variables.slotOf(name));
  }

  /** Of a named group. */
  #assigned(lower: string): HandshakeVariable {
    const slot = this.#variables.slotOf(lower);
    return ({ slots }) => slots[slot];
  }
}
