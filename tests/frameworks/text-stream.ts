// A response that is read while it comes: what a test waits for has arrived, however much is still to come.

import assert from 'node:assert/strict';
import { within } from '../integration/waiting.ts';

const PATIENCE_MS = 10_000;

export class TextStream implements Disposable {
  readonly head: Response;
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #abort: AbortController;
  #pending = '';

  private constructor(head: Response, abort: AbortController) {
    assert.ok(head.body !== null);
    this.head = head;
    this.#reader = head.body.pipeThrough(new TextDecoderStream()).getReader();
    this.#abort = abort;
  }

  /** Waits for the head, which comes with the first piece of the body. */
  static async open(url: string, init: RequestInit = {}): Promise<TextStream> {
    const abort = new AbortController();
    const head = await within(PATIENCE_MS, url, fetch(url, { ...init, signal: abort.signal }));
    assert.equal(head.status, 200, url);
    return new TextStream(head, abort);
  }

  /** Takes everything that has come, once it ends so. */
  async through(end: string): Promise<string> {
    while (!this.#pending.endsWith(end)) {
      const { value, done } = await within(PATIENCE_MS, `waiting for ${JSON.stringify(end)}`, this.#reader.read());
      assert.ok(!done, `it ended after ${JSON.stringify(this.#pending)}`);
      this.#pending += value;
    }
    const text = this.#pending;
    this.#pending = '';
    return text;
  }

  /** Takes the rest, which ends by itself. */
  async rest(): Promise<string> {
    for (;;) {
      const { value, done } = await within(PATIENCE_MS, 'the end of the response', this.#reader.read());
      if (done) return this.#pending;
      this.#pending += value;
    }
  }

  /** Leaves in the middle, as somebody who closes the page. Not waited for: now and then Node never says that an aborted response has ended. */
  [Symbol.dispose](): void {
    this.#reader.closed.catch((error: unknown) => assert.equal((error as Error).name, 'AbortError'));
    this.#abort.abort();
  }
}
