/** HELLO of docs/lanes.md: how a worker's connection says which lane it is. */

/** It stands in lines of the log. */
const NAME = /^w[1-9]\d{0,5}$/;

export interface Hello {
  readonly secret: string;
  /** Requests, what is said about them, or the bytes of one connection that the application has taken over. */
  readonly role: 'requests' | 'control' | 'tunnel';
  readonly worker: number;
  /** Of the worker, as the log has it: "w2". */
  readonly name: string;
  readonly unit: number;
  readonly slot: number;
  readonly pid: number;
  /** How the worker's units run requests: one at a time and in order, or side by side. */
  readonly kind: 'wsgi' | 'asgi' | 'gevent';
  /** Streams at a time. */
  readonly capacity: number;
  /** Of the request whose connection a tunnel is for; 0 otherwise. */
  readonly stream: number;
}

/** Undefined if the text is not a hello in all its parts. */
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
  if (typeof secret !== 'string' || !isRole(role) || !isName(name)) {
    return undefined;
  }
  if (!isCount(worker) || !isCount(unit) || !isCount(slot) || !isCount(pid) || !isCount(capacity) || !isCount(stream)) {
    return undefined;
  }
  return kind === 'wsgi' || kind === 'asgi' || kind === 'gevent'
    ? { secret, role, worker, name, unit, slot, pid, kind, capacity, stream }
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
