/** HELLO of docs/lanes.md: how a worker's connection says which lane it is. */

/** The form of a worker's name: it stands in lines of the log. */
const NAME = /^(?:[\w.-]{1,64}:)?w[1-9]\d{0,5}$/;

export interface Hello {
  /** The application that the worker runs … */
  readonly app: string;
  /** … and what only its workers know. */
  readonly secret: string;
  /** What the connection carries: requests, what is said about them, or the bytes of one client's connection that the application has taken over. */
  readonly role: 'requests' | 'control' | 'tunnel';
  readonly worker: number;
  /** The worker's name, as the log has it: "w2", or "shop:w2" where there are several applications. */
  readonly name: string;
  readonly unit: number;
  readonly slot: number;
  readonly pid: number;
  /** How the worker's units run requests: one at a time and in order, or side by side. */
  readonly kind: 'wsgi' | 'asgi' | 'gevent';
  /** How many streams the worker takes at a time. */
  readonly capacity: number;
  /** The request whose connection a tunnel is for; 0 for lanes. */
  readonly stream: number;
}

/** Undefined if the text is not a whole HELLO. */
export function parseHello(text: string): Hello | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const {
    app,
    secret,
    role,
    worker,
    name,
    unit = 0,
    slot = 0,
    pid,
    kind,
    capacity,
    stream = 0,
  } = value as Record<string, unknown>;
  if (typeof app !== 'string' || typeof secret !== 'string' || !isRole(role) || !isName(name)) {
    return undefined;
  }
  if (!isCount(worker) || !isCount(unit) || !isCount(slot) || !isCount(pid) || !isCount(capacity) || !isCount(stream)) {
    return undefined;
  }
  return kind === 'wsgi' || kind === 'asgi' || kind === 'gevent'
    ? { app, secret, role, worker, name, unit, slot, pid, kind, capacity, stream }
    : undefined;
}

function isRole(value: unknown): value is Hello['role'] {
  return value === 'requests' || value === 'control' || value === 'tunnel';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && NAME.test(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
