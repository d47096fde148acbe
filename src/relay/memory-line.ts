/**
 * Who goes on while the memory is used up. Messages that have come in part may hold all of it, and none of them gives any back before it is whole: if all of
 * them waited for memory, they would wait for ever. So one at a time, the leader, goes on beyond the budget. It leads until its message was received, so that
 * the budget is exceeded by one message and no more.
 *
 * The others stand in line, and ask again every second. Those that hold memory come before those that only want some: each of them gives some back, and to
 * announce a message costs a client nothing. Among the ones, and among the others, whoever came first comes first.
 */
export class MemoryLine {
  #leader: object | undefined;
  readonly #holders = new Set<object>();
  readonly #others = new Set<object>();

  /** Whether the member may go on. If not, it stands in line, and is to ask again or to leave. */
  mayGoOn(member: object, holdsMemory: boolean): boolean {
    if (this.#leader === member) {
      return true;
    }
    (holdsMemory ? this.#holders : this.#others).add(member);
    const [first] = this.#holders.size > 0 ? this.#holders : this.#others;
    if (this.#leader !== undefined || first !== member) {
      return false;
    }
    this.leave(member);
    this.#leader = member;
    return true;
  }

  /** The member wants nothing, or has given back what it had. */
  leave(member: object): void {
    if (this.#leader === undefined && this.#holders.size === 0 && this.#others.size === 0) {
      return; // Each message of every WebSocket comes here; the sets would be asked for 40 ns.
    }
    this.#holders.delete(member);
    this.#others.delete(member);
    if (this.#leader === member) {
      this.#leader = undefined;
    }
  }
}
