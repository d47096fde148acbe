/** What happens to one request, gathered while it goes through the plan. */

import type { CompiledScope, Route, Step } from '../../edge/pipeline/route.ts';
import { VERDICT } from '../../edge/pipeline/verdict.ts';
import type { StepLabel } from './step-labels.ts';

export interface TraceEntry {
  /** The phase, or the rule: `server`, `location`, `rule`, … */
  readonly what: 'server' | 'location' | 'rewrite' | 'rule' | 'log' | 'answer';
  text: string;
}

export class Trace {
  readonly entries: TraceEntry[] = [];
  /** The condition that was asked last; what comes next shows whether it holds. */
  #condition: { readonly entry: TraceEntry; readonly text: string } | undefined;

  note(what: TraceEntry['what'], text: string): TraceEntry {
    this.#condition = undefined;
    const entry = { what, text: shown(text) };
    this.entries.push(entry);
    return entry;
  }

  /** The same steps, each of which tells what it did. */
  followed(steps: readonly Step[], labels: readonly StepLabel[]): readonly Step[] {
    const offset = steps.length - labels.length;
    return steps.map((step, index) => this.#followedStep(step, labels[index - offset] ?? CLIENT));
  }

  followedScope(scope: CompiledScope, labels: readonly StepLabel[]): CompiledScope {
    return { ...scope, steps: this.followed(scope.steps, labels) };
  }

  #followedStep(step: Step, label: StepLabel): Step {
    switch (label.kind) {
      case 'condition':
        return (route) => {
          const entry = this.note('rewrite', `${label.text}: no`);
          this.#condition = { entry, text: label.text };
          return step(route);
        };
      case 'holds':
        return (route) => {
          if (this.#condition !== undefined) this.#condition.entry.text = `${this.#condition.text}: yes`;
          this.#condition = undefined;
          return step(route);
        };
      default:
        return (route) => this.#run(step, label, route);
    }
  }

  #run(step: Step, { kind, text }: Extract<StepLabel, { readonly text: string }>, route: Route): number {
    const entry = this.note(kind === 'rule' ? 'rule' : 'rewrite', text);
    const before = placeOf(route);
    const tell = (verdict: number): void => {
      const outcome = outcomeOf(verdict, before, route);
      entry.text = shown(`${text}: ${outcome}`);
    };
    const resume = route.resume.bind(route);
    route.resume = (verdict) => {
      route.resume = resume;
      tell(verdict);
      resume(verdict);
    };
    const verdict = step(route);
    if (verdict !== VERDICT.pending) {
      route.resume = resume;
      tell(verdict);
    }
    return verdict;
  }
}

/** Paths are bytes (latin-1), and may hold what a terminal would obey. Texts of the configuration are Unicode already. */
function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that are replaced.
  return text.replaceAll(/[\x00-\x1f\x7f-\x9f]/g, '?');
}

/** The bytes of a path as people read them. */
export function readable(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A site whose client is read from a field asks for it before its own rules. */
const CLIENT: StepLabel = { kind: 'rule', text: 'who the client is' };

interface Place {
  readonly path: string;
  readonly query: string;
  readonly address: string;
}

function placeOf({ path, query, client }: Route): Place {
  return { path, query, address: client.address };
}

function outcomeOf(verdict: number, before: Place, route: Route): string {
  if (verdict === VERDICT.answered) {
    return 'answers';
  }
  if (verdict === VERDICT.relocated) {
    return route.location.kind === 'named'
      ? `goes on at ${readable(route.location.text)}`
      : `goes on with ${readable(route.path)}`;
  }
  if (verdict > 0) {
    return `${verdict}`;
  }
  if (route.path !== before.path || route.query !== before.query) {
    return `the path is now ${readable(route.path)}${route.query === '' ? '' : `?${route.query}`}`;
  }
  return route.client.address === before.address ? 'goes on' : `it is ${route.client.address}`;
}
