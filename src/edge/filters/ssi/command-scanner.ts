/**
 * Finds the commands of server side includes in a page: `<!--#name parameter="value" … -->`. Fed a page in slices, it gives the text between the commands as pieces of the
 * slices, and each command when its end is there. A command that is malformed is passed over to its end and told as a fault. Pure.
 */

export interface SsiCommand {
  readonly kind: 'command';
  readonly name: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

export type SsiEvent =
  | { readonly kind: 'text'; readonly bytes: Buffer }
  | SsiCommand
  /** In nginx's words. */
  | { readonly kind: 'fault'; readonly message: string };

export const SSI_SYNTAX = {
  /** Longer names are no command's. */
  commandLengthMax: 32,
  parameterLengthMax: 32,
  /** More are an error: a command has five at most. */
  parametersMax: 16,
} as const;

const OPENING = Buffer.from('<!--#');
const LESS_THAN = OPENING[0] ?? 0;

type State =
  | 'text'
  | 'opening'
  | 'before-command'
  | 'command'
  | 'before-parameter'
  | 'parameter'
  | 'before-equals'
  | 'before-value'
  | 'value'
  | 'after-value'
  | 'end-dash'
  | 'end-bracket'
  | 'error'
  | 'error-dash'
  | 'error-bracket';

export class CommandScanner {
  readonly #valueLengthMax: number;
  #state: State = 'text';
  /** How much of the opening was seen. */
  #opened = 0;
  #name = '';
  #parameters: (readonly [string, string])[] = [];
  #parameter = '';
  #value = '';
  #quote = '';
  #isEscaped = false;
  #fault = '';

  constructor(valueLengthMax: number) {
    this.#valueLengthMax = valueLengthMax;
  }

  /** The event that comes next, and up to where the bytes are read by then; `event` undefined: all of them are read. */
  next(bytes: Buffer, from: number): { readonly event: SsiEvent | undefined; readonly to: number } {
    let at = from;
    if (this.#state === 'text') {
      const found = bytes.indexOf(LESS_THAN, at);
      const end = found === -1 ? bytes.length : found;
      if (found !== -1) {
        this.#state = 'opening';
        this.#opened = 1;
      }
      const to = found === -1 ? end : end + 1;
      if (end > at) {
        return { event: { kind: 'text', bytes: bytes.subarray(at, end) }, to };
      }
      at = to;
    }
    if (this.#state === 'opening') {
      const { event, to } = this.#readOpening(bytes, at);
      if (event !== undefined || to === bytes.length) {
        return { event, to };
      }
      at = to;
    }
    while (at < bytes.length) {
      const event = this.#read(String.fromCharCode(bytes[at] ?? 0));
      at += 1;
      if (event !== undefined) {
        return { event, to: at };
      }
    }
    return { event: undefined, to: at };
  }

  /** The page is over: what looked like the beginning of a command was text. A command without its end is gone. */
  end(): Buffer {
    const rest = this.#state === 'opening' ? OPENING.subarray(0, this.#opened) : Buffer.alloc(0);
    this.#state = 'text';
    return Buffer.from(rest);
  }

  #readOpening(bytes: Buffer, from: number): { readonly event: SsiEvent | undefined; readonly to: number } {
    let at = from;
    while (at < bytes.length && this.#opened < OPENING.length) {
      if (bytes[at] !== OPENING[this.#opened]) {
        // The byte that does not fit is looked at again, as text: it may be another `<`.
        this.#state = 'text';
        return { event: { kind: 'text', bytes: Buffer.from(OPENING.subarray(0, this.#opened)) }, to: at };
      }
      this.#opened += 1;
      at += 1;
    }
    if (this.#opened === OPENING.length) {
      this.#state = 'before-command';
      this.#name = '';
      this.#parameters = [];
    }
    return { event: undefined, to: at };
  }

  #read(ch: string): SsiEvent | undefined {
    switch (this.#state) {
      case 'before-command':
        if (!isSpace(ch)) {
          this.#name = ch;
          this.#state = 'command';
        }
        return undefined;
      case 'command':
        this.#readName(ch);
        return undefined;
      case 'before-parameter':
      case 'parameter':
      case 'before-equals':
        this.#readParameter(ch);
        return undefined;
      case 'before-value':
      case 'value':
      case 'after-value':
        this.#readValue(ch);
        return undefined;
      default:
        return this.#readEnd(ch);
    }
  }

  #readName(ch: string): void {
    if (isSpace(ch)) {
      this.#state = 'before-parameter';
    } else if (ch === '-') {
      this.#state = 'end-dash';
    } else if (this.#name.length === SSI_SYNTAX.commandLengthMax) {
      this.#fail(ch, `the "${this.#name}${ch}..." SSI command is too long`);
    } else {
      this.#name += ch;
    }
  }

  #readParameter(ch: string): void {
    if (this.#state === 'before-parameter') {
      if (ch === '-') {
        this.#state = 'end-dash';
      } else if (!isSpace(ch)) {
        this.#parameter = ch;
        this.#state = 'parameter';
      }
    } else if (ch === '=') {
      this.#state = 'before-value';
    } else if (isSpace(ch)) {
      this.#state = 'before-equals';
    } else if (ch === '-' || this.#state === 'before-equals') {
      this.#fail(ch, `unexpected "${ch}" symbol after "${this.#parameter}" parameter in "${this.#name}" SSI command`);
    } else if (this.#parameter.length === SSI_SYNTAX.parameterLengthMax) {
      this.#fail(ch, `too long "${this.#parameter}${ch}..." parameter in "${this.#name}" SSI command`);
    } else {
      this.#parameter += ch;
    }
  }

  #readValue(ch: string): void {
    if (this.#state === 'before-value') {
      if (ch === '"' || ch === "'") {
        this.#quote = ch;
        this.#value = '';
        this.#isEscaped = false;
        this.#state = 'value';
      } else if (!isSpace(ch)) {
        this.#fail(
          ch,
          `unexpected "${ch}" symbol before value of "${this.#parameter}" parameter in "${this.#name}" SSI command`,
        );
      }
    } else if (this.#state === 'value') {
      this.#readInValue(ch);
    } else if (isSpace(ch)) {
      this.#state = 'before-parameter';
    } else if (ch === '-') {
      this.#state = 'end-dash';
    } else {
      this.#fail(
        ch,
        `unexpected "${ch}" symbol after value of "${this.#parameter}" parameter in "${this.#name}" SSI command`,
      );
    }
  }

  #readInValue(ch: string): void {
    if (ch === this.#quote && !this.#isEscaped) {
      if (this.#parameters.length <= SSI_SYNTAX.parametersMax) {
        this.#parameters.push([this.#parameter, this.#value]);
      }
      this.#state = 'after-value';
    } else if (this.#value.length === this.#valueLengthMax) {
      this.#fail(ch, `too long value of "${this.#parameter}" parameter in "${this.#name}" SSI command`);
    } else {
      // The backslash stays: whoever reads the value knows what is escaped.
      this.#value += ch;
      this.#isEscaped = ch === '\\' && !this.#isEscaped;
    }
  }

  #readEnd(ch: string): SsiEvent | undefined {
    switch (this.#state) {
      case 'end-dash':
      case 'end-bracket':
        return this.#readGoodEnd(ch);
      case 'error':
        this.#state = ch === '-' ? 'error-dash' : 'error';
        return undefined;
      case 'error-dash':
        this.#state = ch === '-' ? 'error-bracket' : 'error';
        return undefined;
      default:
        if (ch !== '>') {
          this.#state = ch === '-' ? 'error-bracket' : 'error';
          return undefined;
        }
        this.#state = 'text';
        return { kind: 'fault', message: this.#fault };
    }
  }

  #readGoodEnd(ch: string): SsiEvent | undefined {
    if (ch !== (this.#state === 'end-dash' ? '-' : '>')) {
      this.#fail(ch, `unexpected "${ch}" symbol in "${this.#name}" SSI command`);
      return undefined;
    }
    if (this.#state === 'end-dash') {
      this.#state = 'end-bracket';
      return undefined;
    }
    this.#state = 'text';
    return this.#parameters.length > SSI_SYNTAX.parametersMax
      ? { kind: 'fault', message: `too many SSI command parameters: "${this.#name}"` }
      : { kind: 'command', name: this.#name, parameters: this.#parameters };
  }

  #fail(ch: string, message: string): void {
    this.#fault = message;
    this.#state = ch === '-' ? 'error-dash' : 'error';
  }
}

function isSpace(ch: string): boolean {
  return ch === ' ' || ch === '\t' || ch === '\r' || ch === '\n';
}
