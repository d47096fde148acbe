// What a server behind has seen, beside what was seen here: each request that arrives has the number that it got here, once, and what was said of it.

/** A request as the access log here has it. */
export interface Passed {
  readonly id: string;
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** Of the answer to its client. */
  readonly status?: string;
}

/** A request as the server behind, or its application, has it. */
export interface Seen {
  readonly by: string;
  readonly method: string;
  /** Undefined where the program does not tell it. */
  readonly target?: string | undefined;
  /** Undefined where the program does not tell it. */
  readonly body?: string | undefined;
  /** Its body broke off. */
  readonly isCut?: boolean;
  /** By their names in CGI: `HTTP_X_ID`, `REMOTE_ADDR`. */
  readonly environ: Readonly<Record<string, string>>;
}

/** Tell who asked, which only the front may say. */
const ADDRESSES = ['HTTP_X_REAL_IP', 'REMOTE_ADDR'];
/** Bodies that were malformed, or not sent. */
const BROKEN = new Set(['400', '408']);
const CLIENT = '127.0.0.1';

export function judge(passed: readonly Passed[], seen: readonly Seen[]): string[] {
  const byId = new Map(passed.map((one) => [one.id, one]));
  const arrived = new Set<string>();
  const faults: string[] = [];
  for (const request of seen) {
    const id = request.environ['HTTP_X_ID'] ?? '';
    const known = byId.get(id);
    const found = known === undefined ? ['a request that was not seen here'] : differences(known, request);
    if (arrived.has(id)) found.push('seen twice');
    arrived.add(id);
    faults.push(...found.map((fault) => `${fault}: ${JSON.stringify(request)}`));
  }
  return faults;
}

function differences(passed: Passed, seen: Seen): string[] {
  const faults: string[] = [];
  if (seen.method !== passed.method) faults.push(`method, here ${passed.method}`);
  if (seen.target !== undefined && seen.target !== passed.target) faults.push(`target, here ${passed.target}`);
  if (seen.body !== undefined && seen.body !== passed.body) faults.push(`body, here ${JSON.stringify(passed.body)}`);
  if (BROKEN.has(passed.status ?? '') && !(seen.isCut ?? false)) faults.push('whole, but not here');
  const line = seen.environ['HTTP_X_LINE'];
  if (line !== `${passed.method} ${passed.target}`) faults.push(`line ${line}`);
  for (const name of ADDRESSES) {
    if ((seen.environ[name] ?? CLIENT) !== CLIENT) faults.push(`${name} of the client's choice`);
  }
  if ((seen.environ['SCRIPT_NAME'] ?? '') !== '') faults.push("SCRIPT_NAME of the client's choice");
  const coding = seen.environ['HTTP_TRANSFER_ENCODING'] ?? '';
  if (coding !== '' && (coding !== 'chunked' || (seen.environ['CONTENT_LENGTH'] ?? '') !== '')) {
    faults.push('two framings');
  }
  return faults;
}

/** Answers to other requests: each head has the number of its request from here, and from the server behind. */
export function mixedAnswers(bytes: string): string[] {
  return [...bytes.matchAll(/HTTP\/1\.1 \d{3}.*?\r\n\r\n/gs)].flatMap(([head]) => {
    const [, own = ''] = /\r\nX-Rid: (\w*)/.exec(head) ?? [];
    const [, echoed = own] = /\r\nX-Echo: (\w*)/.exec(head) ?? [];
    return own === echoed ? [] : [`the answer to ${echoed} for ${own}`];
  });
}
