/** Traps of who may come in: lists of addresses, passwords, limits. */

import { findShadowing } from '../../../shadowed-addresses.ts';
import { readSize } from '../sizes.ts';
import type { Directive } from '../tree.ts';
import type { SeenBlock } from './seen-block.ts';
import { locationOf, nameOf } from './seen-block.ts';
import type { Tell, TrapRule } from './trap.ts';

export const ACCESS_TRAPS: readonly TrapRule[] = [
  allowWithoutDeny,
  shadowedRules,
  returnBeforeAccess,
  openSatisfy,
  passwordsWithoutFile,
  passwordFilesUnused,
  statusForAll,
  believesEverybody,
  smallZones,
  unusedZones,
  limitsByClientsWord,
];

/** In the order of the file: they are asked one after the other. */
function addressRules(block: SeenBlock): readonly Directive[] {
  return block.directives.filter(({ name }) => name.text === 'allow' || name.text === 'deny');
}

function allowWithoutDeny(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    const rules = addressRules(block);
    const isOpen = rules.length > 0 && rules.every(({ name }) => name.text === 'allow');
    const first = rules.find(({ args }) => args[0]?.text !== 'all');
    if (isOpen && first !== undefined && !rules.some(({ args }) => args[0]?.text === 'all')) {
      const message = `${nameOf(block)} allows some addresses and denies none: everybody is let in`;
      tell('trap.allow-without-deny', first.name.place, message);
    }
  }
}

/** The first rule that fits decides, so one behind a wider one is never asked. */
function shadowedRules(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within()) {
    const rules = addressRules(block);
    const shadowing = findShadowing(rules.map(({ args }) => args[0]?.text ?? ''));
    for (const [index, { name, args }] of rules.entries()) {
      const around = rules[shadowing[index] ?? -1];
      if (around !== undefined) {
        const said = `"${around.name.text} ${around.args[0]?.text ?? ''}"`;
        const message = `"${name.text} ${args[0]?.text ?? ''}" is never asked: ${said} before it decides about all that it means`;
        tell('trap.shadowed-rule', name.place, message, name.text === around.name.text ? 'info' : 'warning');
      }
    }
  }
}

/** Rewrites are run before anybody is asked who may come in. */
function returnBeforeAccess(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const rule = ['deny', 'auth_basic', 'auth_request'].flatMap((name) => block.all(name)).find(restricts);
    const [answer] = block.all('return');
    const isRefusal = /^(40[1345]|410|444)$/.test(answer?.args[0]?.text ?? '');
    if (rule !== undefined && answer !== undefined && !isRefusal) {
      const message = `"return" answers before "${rule.name.text}" is asked: ${nameOf(block)} is open to everybody`;
      tell('trap.return-before-access', answer.name.place, message);
    }
  }
}

function restricts({ args }: Directive): boolean {
  return args[0]?.text !== 'off';
}

function openSatisfy(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    const [said] = block.all('satisfy');
    const rules = addressRules(block.sayer('allow', 'deny') ?? block);
    const isOpen = rules.length > 0 && !rules.some(({ name }) => name.text === 'deny');
    const hasLogin = block.inherited('auth_basic').some(restricts) || block.inherited('auth_request').some(restricts);
    if (said?.args[0]?.text === 'any' && hasLogin && isOpen) {
      const message = 'one of the two suffices, and the addresses refuse nobody: no password is asked for';
      tell('trap.satisfy-any-open', said.name.place, message);
    }
  }
}

function passwordsWithoutFile(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    const said = block.all('auth_basic').find(restricts);
    const inside = block.within();
    if (said !== undefined && !inside.some((each) => each.inherited('auth_basic_user_file').length > 0)) {
      const message = 'no "auth_basic_user_file" names the passwords: nobody is asked for one, and everybody is let in';
      tell('trap.no-password-file', said.name.place, message);
    }
  }
}

function passwordFilesUnused(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    const [said] = block.all('auth_basic_user_file');
    const isUsed = [...block.within()].some((each) => each.inherited('auth_basic').length > 0);
    if (said !== undefined && !isUsed) {
      const message = 'no "auth_basic" goes with this file: nobody is asked for a password, and everybody is let in';
      tell('trap.password-file-unused', said.name.place, message);
    }
  }
}

function statusForAll(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('location')) {
    const [said] = [...block.all('stub_status'), ...block.all('api')];
    const isKept = ['allow', 'deny', 'auth_basic', 'auth_request', 'internal'].some(
      (name) => block.inherited(name).length > 0,
    );
    if (said !== undefined && !isKept) {
      const shown =
        said.name.text === 'api' ? 'which servers are behind this one, and how they are' : 'how busy the server is';
      tell('trap.status-open', said.name.place, `${locationOf(block)?.text ?? ''} shows everybody ${shown}`);
    }
  }
}

function believesEverybody(whole: SeenBlock, tell: Tell): void {
  for (const block of whole.within('http', 'server', 'location')) {
    for (const { args } of block.all('set_real_ip_from')) {
      const [word] = args;
      if (word !== undefined && /^(0\.0\.0\.0\/0|::\/0|all)$/.test(word.text)) {
        tell('trap.realip-anybody', word.place, 'every client may say which address it has');
      }
    }
  }
}

/** Of one address, in the memory of nginx; half of that on old machines. */
const BYTES_A_KEY = 128;
const ZONE_BYTES_MIN = 256 * 1024;

function smallZones(whole: SeenBlock, tell: Tell): void {
  for (const { args } of zonesOf(whole)) {
    const word = args.find(({ text }) => text.startsWith('zone='));
    const [, size] = /^zone=[^:]*:(.+)$/.exec(word?.text ?? '') ?? [];
    const bytes = size === undefined ? undefined : readSize(size);
    if (word !== undefined && typeof bytes === 'number' && bytes < ZONE_BYTES_MIN) {
      const message = `a zone of ${size} has room for ${Math.floor(bytes / BYTES_A_KEY)} keys`;
      tell('trap.zone-small', word.place, message);
    }
  }
}

const ZONES = { limit_req_zone: 'limit_req', limit_conn_zone: 'limit_conn' } as const;

function zonesOf(whole: SeenBlock): readonly Directive[] {
  return whole.within('http').flatMap((http) => Object.keys(ZONES).flatMap((name) => http.all(name)));
}

function unusedZones(whole: SeenBlock, tell: Tell): void {
  const blocks = whole.within('http', 'server', 'location');
  // Sites that are not in this file may use it.
  const isComplete = blocks.some(({ kind, opener }) => kind === 'server' && opener !== undefined);
  for (const directive of isComplete ? zonesOf(whole) : []) {
    const zone = /^zone=([^:]*)/.exec(directive.args.find(({ text }) => text.startsWith('zone='))?.text ?? '')?.[1];
    const user = ZONES[directive.name.text as keyof typeof ZONES];
    const isUsed = blocks.some((block) =>
      block.all(user).some(({ args }) => args.some(({ text }) => text === zone || text === `zone=${zone}`)),
    );
    if (!isUsed) {
      tell('trap.zone-unused', directive.name.place, `no "${user}" uses the zone "${zone ?? ''}": nothing is limited`);
    }
  }
}

function limitsByClientsWord(whole: SeenBlock, tell: Tell): void {
  for (const directive of zonesOf(whole)) {
    const [key] = directive.args;
    const variable = /\$\{?((?:http|arg|cookie)_\w+)/.exec(key?.text ?? '')?.[1];
    if (key !== undefined && variable !== undefined) {
      tell('trap.limit-by-client-field', key.place, `clients are counted by $${variable}, which each of them chooses`);
    }
  }
}
