// docs/smuggling-conformance.md.

export interface Row {
  readonly what: string;
  readonly attacks: number;
  /** Seen here, whatever became of them. */
  readonly requests: number;
  readonly passed: number;
  /** By the server behind. */
  readonly seen: number;
  readonly faults: readonly string[];
}

export interface Rest {
  readonly seed: number;
  /** What memcached was told beside `get`. */
  readonly injected: readonly string[];
}

export function renderReport(rows: readonly Row[], { seed, injected }: Rest): string {
  const sum = (pick: (row: Row) => number): string =>
    rows.reduce((total, row) => total + pick(row), 0).toLocaleString('en');
  const lines = rows.map(
    ({ what, attacks, requests, passed, seen, faults }) =>
      `| ${[what, ...[attacks, requests, passed, seen, faults.length].map((count) => count.toLocaleString('en'))].join(' | ')} |`,
  );
  return `# Request smuggling

\`make conformance-smuggling\` sends requests that two servers could see differently through \`portico nginx\` to real servers, and compares what was seen on both sides. It writes this page, and fails if
something was seen differently.

Each attack is one connection: the attack, a request that is to be smuggled, and a last one. The families are those of the literature: lengths and codings that contradict each other, come twice or are written in other ways,
chunks and trailers, names and values with bytes that end them for some, targets in every form, versions, fields that a proxy sets (also with underscores), whole requests as bodies for who does not read them; then the same with one to three bytes changed (seed ${seed}).
Clients share the connections to the server that are kept. Each request that a server sees must have the number that Portico gave it, once, with the method, the target, the body and the address that Portico has seen; each answer must be that to the request of its client.

| server behind | attacks | requests seen here | passed on | seen behind | seen differently |
|---|---|---|---|---|---|
${lines.join('\n')}
| all | ${sum(({ attacks }) => attacks)} | ${sum(({ requests }) => requests)} | ${sum(({ passed }) => passed)} | ${sum(({ seen }) => seen)} | ${sum(({ faults }) => faults.length)} |

memcached tells of itself how often it was told something else than to get a value: ${injected.length === 0 ? 'never' : injected.join('; ')}. The servers see fewer requests than were passed on where they refuse some themselves, and where they tell of none (memcached).
`;
}
