/** Runs the commands of a page on its way. What a page includes stands in its place, one after another, at the client's pace. */

import { escapeLog } from '../../access-log/line.ts';
import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import type { Route } from '../../pipeline/route.ts';
import { IncludingWriter } from '../including-writer.ts';
import type { SsiCommand } from './command-scanner.ts';
import { CommandScanner } from './command-scanner.ts';
import type { EchoEncoding } from './encodings.ts';
import { encodeEcho, isEchoEncoding } from './encodings.ts';
import type { SsiNames } from './expression.ts';
import { evaluateCondition, evaluateText } from './expression.ts';
import type { IncludeTarget } from './include-target.ts';
import { includeTarget } from './include-target.ts';
import type { SsiParameters } from './ssi-command.ts';
import { COMMAND_KINDS, commandText, readParameters } from './ssi-command.ts';
import type { SsiState } from './ssi-state.ts';
import { setTimeFormat } from './ssi-state.ts';

/** What `include set` may take in, as nginx's subrequest_output_buffer_size of a page of memory. */
const SET_BYTES_MAX = 8192;
const ERROR_MESSAGE = '[an error occurred while processing the directive]';
const NO_VALUE = '(none)';
/** An answer with such a status is none: a stub takes its place, and a variable stays as it was. */
const FAILED_STATUS_MIN = 300;

export interface SsiPage {
  readonly route: Route;
  readonly state: SsiState;
  readonly names: SsiNames;
  readonly valueLengthMax: number;
  /** Commands that fail leave nothing in the page. */
  readonly isSilent: boolean;
}

export class SsiWriter extends IncludingWriter {
  readonly #page: SsiPage;
  readonly #scanner: CommandScanner;
  #errorMessage = ERROR_MESSAGE;
  #encoding: EchoEncoding = 'entity';
  /** What stands here is a part of the page: no `if` and no `block` keeps it out. */
  #isShown = true;
  #hasChosen = false;
  /** The part of a conditional that was last begun. */
  #part: 'if' | 'else' | undefined;
  /** The block in which the page is. */
  #block: string | undefined;

  constructor(page: SsiPage, next: BodyWriter, before: Source) {
    super(next, before);
    this.#page = page;
    this.#scanner = new CommandScanner(page.valueLengthMax);
  }

  protected override scan(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && !this.mustStop) {
      const { event, to } = this.#scanner.next(bytes, at);
      at = to;
      if (event?.kind === 'text') {
        this.#write(event.bytes);
      } else if (event?.kind === 'command') {
        this.#run(event);
      } else if (event !== undefined) {
        this.#fail(event.message);
      }
    }
    return at;
  }

  protected override finish(): void {
    this.#write(this.#scanner.end());
  }

  #write(bytes: Buffer): void {
    if (this.#isShown) {
      this.put(bytes);
    } else if (this.#block !== undefined && !this.#page.state.addToBlock(this.#block, bytes)) {
      this.#page.route.log('error', 'the blocks of a page are larger than they may be');
      this.#block = undefined;
    }
  }

  #say(text: string): void {
    this.put(Buffer.from(text, 'latin1'));
  }

  #fail(message: string): void {
    if (this.#isShown) {
      this.#page.route.log('error', escapeLog(message));
      if (!this.#page.isSilent) {
        this.#say(this.#errorMessage);
      }
    }
  }

  #run(command: SsiCommand): void {
    const kind = COMMAND_KINDS.get(command.name);
    if (kind === undefined) {
      this.#fail(`invalid SSI command: "${command.name}"`);
      return;
    }
    if (!this.#isShown && command.name !== 'endblock') {
      if (this.#block !== undefined) {
        this.#write(Buffer.from(commandText(command), 'latin1'));
        return;
      }
      if (kind.within === undefined) {
        return;
      }
    }
    if (kind.within !== undefined && (this.#part === undefined || (this.#part === 'else' && kind.within === 'if'))) {
      this.#fail(`invalid context of SSI command: "${command.name}"`);
      return;
    }
    const parameters = readParameters(command, kind);
    const fault = parameters.ok ? this.#perform(command.name, parameters.value) : parameters.fault;
    if (fault !== undefined) {
      this.#fail(fault);
    }
  }

  /** Returns what is wrong. */
  #perform(name: string, parameters: SsiParameters): string | undefined {
    switch (name) {
      case 'include':
        return this.#include(parameters);
      case 'echo':
        return this.#echo(parameters);
      case 'config':
        return this.#config(parameters);
      case 'set':
        return this.#set(parameters);
      case 'if':
        return this.#part === undefined
          ? this.#choose(parameters['expr'] ?? '')
          : 'the "if" command inside the "if" command';
      case 'elif':
        return this.#choose(parameters['expr'] ?? '');
      case 'else':
        this.#isShown = !this.#hasChosen;
        this.#part = 'else';
        return undefined;
      case 'endif':
        this.#isShown = true;
        this.#hasChosen = false;
        this.#part = undefined;
        return undefined;
      case 'block':
        this.#page.state.openBlock(parameters['name'] ?? '');
        this.#block = parameters['name'] ?? '';
        this.#isShown = false;
        return undefined;
      default:
        this.#block = undefined;
        this.#isShown = true;
        return undefined;
    }
  }

  #choose(expression: string): string | undefined {
    if (this.#hasChosen) {
      this.#isShown = false;
      return undefined;
    }
    const holds = evaluateCondition(expression, this.#page.names);
    if (!holds.ok) {
      return holds.fault;
    }
    this.#isShown = holds.value;
    this.#hasChosen = holds.value;
    this.#part = 'if';
    return undefined;
  }

  #config({ timefmt, errmsg }: SsiParameters): string | undefined {
    if (timefmt !== undefined) {
      setTimeFormat(this.#page.route, timefmt);
    }
    this.#errorMessage = errmsg ?? this.#errorMessage;
    return undefined;
  }

  #set({ var: name = '', value = '' }: SsiParameters): string | undefined {
    const text = evaluateText(value, this.#page.names);
    if (!text.ok) {
      return text.fault;
    }
    return this.#page.state.set(name.toLowerCase(), text.value) ? undefined : 'too many SSI variables';
  }

  #echo({ var: name = '', default: fallback = NO_VALUE, encoding }: SsiParameters): string | undefined {
    const text = this.#page.names.lookUp(name.toLowerCase()) ?? fallback;
    if (encoding !== undefined) {
      if (isEchoEncoding(encoding)) {
        this.#encoding = encoding;
      } else {
        this.#page.route.log('error', `unknown encoding "${escapeLog(encoding)}" in the "echo" command`);
      }
    }
    this.#say(encodeEcho(text, this.#encoding));
    return undefined;
  }

  #include({ virtual, file, wait, set, stub }: SsiParameters): string | undefined {
    const uri = virtual ?? file;
    if (uri === undefined) {
      return 'no parameter in "include" SSI command';
    }
    if (virtual !== undefined && file !== undefined) {
      return `inclusion may be either virtual="${virtual}" or file="${file}"`;
    }
    if (set !== undefined && stub !== undefined) {
      return '"set" and "stub" cannot be used together in "include" SSI command';
    }
    if (wait !== undefined && (virtual === undefined || !/^(?:yes|no)$/i.test(wait))) {
      return virtual === undefined
        ? `"wait" cannot be used with file="${file}"`
        : `invalid value "${wait}" in the "wait" parameter`;
    }
    const block = stub === undefined ? undefined : this.#page.state.block(stub);
    if (stub !== undefined && block === undefined) {
      return `"stub"="${stub}" for "include" not found`;
    }
    const text = evaluateText(uri, this.#page.names);
    if (!text.ok) {
      return text.fault;
    }
    const target = includeTarget(text.value, this.#page.route.path);
    if (target === undefined) {
      return `unsafe URI "${text.value}" was detected`;
    }
    return set === undefined ? this.#insert(target, block) : this.#collect(target, set);
  }

  /** `stub` stands for what is empty, or has failed. */
  #insert(target: IncludeTarget, stub: Buffer | undefined): string | undefined {
    let isWanted = true;
    let hasBody = false;
    const hasStarted = this.include(
      (into, onEnd) =>
        this.#page.route.startSubrequest({
          ...target,
          into: {
            onHead: ({ status }) => {
              isWanted = stub === undefined || status < FAILED_STATUS_MIN;
            },
            write: (bytes) => {
              hasBody ||= isWanted;
              return !isWanted || into.write(bytes);
            },
          },
          onEnd,
        }),
      () => {
        if (stub !== undefined && !hasBody) {
          this.insert(stub);
        }
      },
    );
    return hasStarted ? undefined : `"${target.path}" cannot be included`;
  }

  #collect(target: IncludeTarget, name: string): string | undefined {
    const { state, route } = this.#page;
    const hasStarted = this.include(
      (_, onEnd) => route.startSubrequest({ ...target, bytesMax: SET_BYTES_MAX, onEnd }),
      ({ head, body }) => {
        const isGood = head !== undefined && head.status < FAILED_STATUS_MIN;
        if (isGood || !state.variables.has(name.toLowerCase())) {
          state.set(name.toLowerCase(), isGood ? body.toString('latin1') : '');
        }
      },
    );
    return hasStarted ? undefined : `"${target.path}" cannot be included`;
  }
}
