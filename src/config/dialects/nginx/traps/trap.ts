import type { Severity } from '../../../diagnostic.ts';
import type { Place } from '../../../place.ts';
import type { SeenBlock } from './seen-block.ts';
import type { TrapCode } from './trap-codes.ts';

/** `message` says what happens, with the names of the file; why it matters and the way out are in the table of codes. */
export type Tell = (code: TrapCode, place: Place, message: string, severity?: Severity) => void;

/** One thing that can be insecure, or that does not do what its writer most likely means. `whole` is the file, or what it is a piece of. */
export type TrapRule = (whole: SeenBlock, tell: Tell) => void;
