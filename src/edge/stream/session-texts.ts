/** Text with variables, for sessions: the table of their variables, regexes and zones. */

import type { Zone } from '../../config/model/access.ts';
import type { Pattern, Template, TemplatePart } from '../../config/model/template.ts';
import type { DefinedVariable } from '../../config/model/variables.ts';
import { systemClock } from '../../kernel/clock.ts';
import { parseExtensionName, readExtension } from '../../protocol/proxy-protocol/extensions.ts';
import { variablesOf } from '../pipeline/variables/tls-variables.ts';
import type { ZoneMemory } from '../pipeline/zones.ts';
import { OpenZones } from '../pipeline/zones.ts';
import type { CompiledPattern } from '../plan/compile-pattern.ts';
import { compilePattern } from '../plan/compile-pattern.ts';
import { compileTemplate } from '../plan/compile-template.ts';
import type { TextCompiler } from '../plan/text-compiler.ts';
import { VariableTable } from '../plan/variable-table.ts';
import type { Session, SessionTemplate, SessionVariable } from './compiled-stream.ts';
import { SESSION_VARIABLES } from './session-variables.ts';

export interface SessionTextsParts {
  readonly variables: readonly DefinedVariable[];
  readonly zones: readonly Zone[];
  readonly zoneMemory: ZoneMemory;
}

export class SessionTexts implements TextCompiler<Session> {
  readonly zones: OpenZones<Session>;
  readonly #variables: VariableTable<Session>;
  readonly #templates = new WeakMap<readonly TemplatePart[], SessionTemplate>();
  readonly #builtIn: ReadonlyMap<string, SessionVariable> = new Map(
    Object.entries({
      ...SESSION_VARIABLES,
      ...variablesOf<Session>(systemClock, {
        facts: ({ secured }) => secured?.facts,
        tls: ({ secured }) => secured?.tls,
      }),
    }),
  );

  constructor({ variables, zones, zoneMemory }: SessionTextsParts) {
    this.zones = new OpenZones(zones, zoneMemory, (template) => this.template(template));
    this.#variables = new VariableTable(variables, {
      compiler: this,
      forwardedOf: () => [],
      otherwise: (lower) => this.#builtIn.get(lower) ?? extensionVariable(lower) ?? this.#assigned(lower),
    });
  }

  /** Made once for each text of the model. */
  template(template: Template): SessionTemplate {
    if (typeof template === 'string') {
      return compileTemplate(template, (name) => this.variable(name));
    }
    const known = this.#templates.get(template);
    if (known !== undefined) {
      return known;
    }
    const fresh = compileTemplate(template, (name) => this.variable(name));
    this.#templates.set(template, fresh);
    return fresh;
  }

  pattern(pattern: Pattern): CompiledPattern {
    return compilePattern(pattern, (name) => this.slotOf(name));
  }

  variable(name: string): SessionVariable {
    return this.#variables.variable(name);
  }

  slotOf(name: string): number {
    return this.#variables.slotOf(name);
  }

  /** Of `set`, or of a named group. */
  #assigned(lower: string): SessionVariable {
    const slot = this.slotOf(lower);
    return ({ slots }) => slots[slot];
  }
}

const EXTENSION_PREFIX = 'proxy_protocol_tlv_';

/** Of what the header of the PROXY protocol tells besides addresses. */
function extensionVariable(lower: string): SessionVariable | undefined {
  const name = lower.startsWith(EXTENSION_PREFIX)
    ? parseExtensionName(lower.slice(EXTENSION_PREFIX.length))
    : undefined;
  return name && (({ proxyHeader }) => proxyHeader && readExtension(proxyHeader.extensions, name));
}
