/**
 * Field lines seen before, with what they mean, for all connections of a thread. Clients repeat most lines word for word, so a
 * head that differs from the last one in a field or two costs one lookup a line. What is secret never gets in: memory that
 * connections share must not hold it after its connection has gone.
 *
 * Bounded by two generations: when the younger is full it becomes the older, and the older is dropped. Lines in use are carried
 * over; a flood of lines that never repeat costs the others one parse each.
 */

import type { FieldLine } from './field.ts';
import { FIELD_MEMO_LIMITS } from './limits.ts';

const SECRET: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-csrftoken',
  'x-xsrf-token',
]);

export class FieldMemo {
  readonly #entriesMax: number;
  #young = new Map<string, FieldLine>();
  #old = new Map<string, FieldLine>();

  constructor(entriesPerGenerationMax: number = FIELD_MEMO_LIMITS.entriesPerGenerationMax) {
    this.#entriesMax = entriesPerGenerationMax;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(line: string): FieldLine | undefined {
    const field = this.#young.get(line);
    return field ?? this.#promote(line);
  }

  add(field: FieldLine): void {
    const { line } = field;
    if (line.length > FIELD_MEMO_LIMITS.lineBytesMax || SECRET.has(field.lower)) {
      return;
    }
    if (this.#young.size >= this.#entriesMax) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(line, field);
  }

  #promote(line: string): FieldLine | undefined {
    const field = this.#old.get(line);
    if (field !== undefined) {
      this.add(field);
    }
    return field;
  }
}
