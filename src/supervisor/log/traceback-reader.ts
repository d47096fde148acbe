/** Tells, line by line, which of the lines that a Python program prints are a traceback. Lines in, roles out; time is the caller's. */

/** begins: it begins something. traceback: so does a traceback, which belongs to what was said before it. continues: it goes on. ours: a frame that only says how the worker has called the application. */
export type LineRole = 'begins' | 'traceback' | 'continues' | 'ours';

const HEADING = 'Traceback (most recent call last):';
/** All that follows is indented, the name of the exception as well. */
const GROUP_HEADING = '  + Exception Group Traceback (most recent call last):';
/** The same as rich draws it. The name of the exception stands below the frame. */
const DRAWN_HEADING = /^╭─+ Traceback \(most recent call last\) ─+╮$/;
/** Lines within a traceback that are not indented: rich's frame around it, and the call in which loguru was asked to log. */
const DRAWN = /^(?:[│╰]|> File ")/;
/** Between exceptions of which one was raised from, or while another was handled (PEP 3134). */
const LINK =
  /^(?:During handling of the above exception, another exception occurred:|The above exception was the direct cause of the following exception:)$/;
const OF_FAULTHANDLER =
  /^(?:Fatal Python error: .*|Timeout \(\d+:\d\d:\d\d(?:\.\d+)?\)!|(?:Current thread|Thread) 0x[\da-f]+ (?:\[.*\] )?\(most recent call first\):)$/;
const FRAME_OF_OURS = /^ {2}File ".*\/portico_worker\/[\w/]+\.py", line /;
const ENDS_OF_FAULTHANDLER = /^(?:Extension modules: |Python runtime state: |Current thread's C stack trace)/;

/** frames: the lines of a traceback, up to the one that names the exception, which is not indented; named: that one has come. */
type State = 'none' | 'frames' | 'named' | 'faulthandler';

export class TracebackReader {
  #state: State = 'none';
  /** faulthandler begins with the innermost call: a frame that is not ours has come, so that ours below it have nothing to tell. */
  #isBelowOthers = false;

  /** The line that was read last is one that faulthandler has written. */
  get isOfFaulthandler(): boolean {
    return this.#state === 'faulthandler';
  }

  /** What comes next has nothing to do with what came before. */
  reset(): void {
    this.#state = 'none';
  }

  read(line: string): LineRole {
    if (OF_FAULTHANDLER.test(line)) {
      const isFirst = this.#state !== 'faulthandler';
      this.#state = 'faulthandler';
      this.#isBelowOthers = false;
      return isFirst ? 'begins' : 'continues';
    }
    const isInside = line === '' || line.startsWith(' ') || line.startsWith('\t');
    if (this.#state === 'faulthandler' && (isInside || ENDS_OF_FAULTHANDLER.test(line))) {
      const isOurs = FRAME_OF_OURS.test(line);
      this.#isBelowOthers ||= !isOurs && line.startsWith('  File');
      return isOurs && this.#isBelowOthers ? 'ours' : 'continues';
    }
    if (line === HEADING || line === GROUP_HEADING || DRAWN_HEADING.test(line)) {
      this.#state = line === GROUP_HEADING ? 'named' : 'frames';
      return 'traceback';
    }
    if (LINK.test(line) && this.#state === 'named') {
      return 'continues';
    }
    return this.#readRest(line, isInside);
  }

  #readRest(line: string, isInside: boolean): LineRole {
    if (this.#state === 'frames' && !isInside) {
      this.#state = DRAWN.test(line) ? 'frames' : 'named';
      return 'continues';
    }
    if (isInside && (line !== '' || this.#state === 'named' || this.#state === 'frames')) {
      this.#state = this.#state === 'faulthandler' ? 'none' : this.#state;
      return 'continues';
    }
    this.#state = 'none';
    return 'begins';
  }
}
