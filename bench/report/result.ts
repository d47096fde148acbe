// What a case hands over to be printed: tables, what was to be reached beside what was, and what the chart shows.

export interface Table {
  readonly caption: string;
  /** Columns after the first are numbers and stand to the right. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface Goal {
  readonly what: string;
  readonly required: string;
  readonly measured: string;
  readonly isMet: boolean;
}

export interface Bar {
  readonly label: string;
  /** NaN: could not be measured. */
  readonly value: number;
  /** Half of the rounds lie between these. */
  readonly low?: number;
  readonly high?: number;
  readonly text: string;
}

export interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
}

/** How a server was started, with placeholders for what differs from run to run. */
export interface Invocation {
  readonly server: string;
  readonly commands: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export interface CaseResult {
  readonly id: string;
  readonly title: string;
  /** Paragraphs of Markdown before the tables. */
  readonly text: readonly string[];
  readonly tables: readonly Table[];
  readonly goals: readonly Goal[];
  readonly panels: readonly Panel[];
  readonly loads: readonly string[];
  readonly invocations: readonly Invocation[];
}
