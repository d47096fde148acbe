// INTERIM
import type { Field, FieldBlock, RequestEvent, RequestHead, Fault, BodyFraming } from './types.ts';
class Block implements FieldBlock { fields: Field[]; constructor(f: Field[]) { this.fields = f; } get(l: string) { return this.fields.find((f) => f.lower === l)?.value; } }
export class RequestParser {
  #buf: Buffer | undefined; #at = 0; #end = 0; #paused = false; #raw = ''; #block: Block | undefined; #framing: BodyFraming = {kind:'none'}; #left = 0; #state: 'head' | 'body' = 'head';
  constructor(_o: object) {}
  feed(c: Buffer) { if (this.#buf && this.#at < this.#end) { this.#buf = Buffer.concat([this.#buf.subarray(this.#at, this.#end), c]); this.#at = 0; this.#end = this.#buf.length; } else { this.#buf = c; this.#at = 0; this.#end = c.length; } }
  next(): RequestEvent | undefined {
    const b = this.#buf; if (!b || this.#at >= this.#end || this.#paused) { this.#keep(); return undefined; }
    if (this.#state === 'body') { const n = Math.min(this.#left, this.#end - this.#at); if (this.#left === 0) { this.#state = 'head'; this.#paused = true; return { kind: 'end', trailers: [] }; } const d = b.subarray(this.#at, this.#at + n); this.#at += n; this.#left -= n; return { kind: 'data', bytes: d }; }
    const t = b.latin1Slice(this.#at, this.#end); const e = t.indexOf('\r\n\r\n'); if (e < 0) { this.#keep(); return undefined; }
    const l = t.indexOf('\r\n'); const s1 = t.indexOf(' '); const s2 = t.indexOf(' ', s1 + 1); const target = t.slice(s1 + 1, s2); const raw = t.slice(l + 2, e);
    let block = this.#block; if (!block || raw !== this.#raw) { block = new Block(raw.split('\r\n').filter(Boolean).map((x) => { const c = x.indexOf(':'); const name = x.slice(0, c); return { name, lower: name.toLowerCase(), value: x.slice(c + 1).trim() }; })); this.#block = block; this.#raw = raw; }
    this.#at += e + 4; const q = target.indexOf('?'); const cl = block.get('content-length');
    const framing: BodyFraming = cl === undefined ? { kind: 'none' } : { kind: 'length', bytes: Number(cl) };
    if (framing.kind === 'length') { this.#left = framing.bytes; this.#state = 'body'; } else this.#paused = true;
    const head: RequestHead = { kind: 'head', method: t.slice(0, s1), target, form: 'origin', path: q < 0 ? target : target.slice(0, q), query: q < 0 ? '' : target.slice(q + 1), host: block.get('host') ?? '', minor: t[s2 + 8] === '0' ? 0 : 1, block, framing, keepAlive: t[s2 + 8] !== '0' && block.get('connection')?.toLowerCase() !== 'close', expectContinue: false, upgrade: undefined };
    return head;
  }
  #keep() { if (this.#buf && this.#at < this.#end) { this.#buf = Buffer.from(this.#buf.subarray(this.#at, this.#end)); this.#end = this.#buf.length; } else { this.#buf = undefined; this.#end = 0; } this.#at = 0; }
  proceed() { this.#paused = false; }
  get bufferedBytes() { return this.#end - this.#at; }
  eof(): Fault | undefined { return undefined; }
  get isIdle() { return this.#state === 'head' && this.#end === this.#at; }
}
