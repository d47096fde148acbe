import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryLine } from './memory-line.ts';

/** Members are named by letters; those that hold memory have capitals. */
class Scene {
  readonly #line = new MemoryLine();
  readonly #members = new Map<string, object>();

  #member(name: string): object {
    const member = this.#members.get(name.toLowerCase()) ?? {};
    this.#members.set(name.toLowerCase(), member);
    return member;
  }

  asks(name: string): boolean {
    return this.#line.mayGoOn(this.#member(name), name !== name.toLowerCase());
  }

  /** Those of the names that may go on when they ask one after another. */
  ask(names: string): string {
    return names
      .split('')
      .filter((name) => this.asks(name))
      .join('');
  }

  leave(name: string): void {
    this.#line.leave(this.#member(name));
  }
}

test('MemoryLine has one leader, who leads until it leaves', () => {
  const scene = new Scene();
  deepEqual([scene.ask('ABC'), scene.ask('CBA'), scene.ask('ABC')], ['A', 'A', 'A']);
});

test('MemoryLine lets all lead in the order in which they came, whoever asks first', () => {
  const scene = new Scene();
  scene.ask('ABCD');
  const led: string[] = [];
  for (let turn = 0; turn < 6; turn += 1) {
    const leader = scene.ask('DCBA') || scene.ask('DCBA');
    led.push(leader);
    scene.leave(leader);
    scene.asks(leader); // It has the next message at once.
  }
  equal(led.join(''), 'ABCDAB');
});

test('MemoryLine: who holds memory comes before who only wants some', () => {
  const scene = new Scene();
  scene.ask('abCdE');
  equal(scene.ask('abCdE'), 'a', 'it leads already');
  const led: string[] = [];
  for (
    let leader = 'a';
    leader !== '';
    leader = scene.ask(['b', 'C', 'd', 'E'].filter((name) => !led.includes(name)).join(''))
  ) {
    led.push(leader);
    scene.leave(leader);
  }
  equal(led.join(''), 'aCEbd');
});

test('MemoryLine forgets who leaves, and counts who comes again as one', () => {
  const scene = new Scene();
  scene.ask('Abcd');
  scene.ask('B'); // Some of its message has come.
  for (const name of ['b', 'c', 'a']) scene.leave(name);
  equal(scene.ask('dc'), 'd');
  scene.leave('d');
  equal(scene.ask('b'), '', 'c came before');
  equal(scene.ask('c'), 'c');
});
