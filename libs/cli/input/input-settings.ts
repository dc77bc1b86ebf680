import type { Peek } from '../../codec/decode.ts';
import type { Room } from '../../codec/room.ts';
import type { MayHold } from '../../codec/zones.ts';
import type { RecordNumbers } from '../../interop/argus3/record-numbers.ts';
import type { ReturnedMemory } from '../../record/returned-memory.ts';
import type { ClientSecurityArguments } from '../network/security-options.ts';
import type { FrameTaker } from '../scan/scan.ts';
import type { MergeSettings } from './merge-settings.ts';

/** What a command wants of its inputs. */
export interface InputSettings {
  /** Record files in the order to read them, as `namedFile` takes them; `-` is standard input. */
  readonly files: readonly string[];
  readonly trees: readonly string[];
  /** As `-S` takes them. */
  readonly servers: readonly string[];
  /** How to speak to servers; undefined where there are none. */
  readonly security: ClientSecurityArguments | undefined;
  /** Applied by servers, so that they send no more than is wanted; empty for all. */
  readonly serverFilter: string;
  /** Numbers of the stored fields that are wanted of files; undefined for all. A server is asked for whole records, which it packs once for all readers. */
  readonly fields: ReadonlySet<number> | undefined;
  /** Tells which batches of files are wanted; undefined for all. Of the others no more may come than what it looks at. */
  readonly peek: Peek | undefined;
  /** Where batches of files of ours lie, each until the next is asked for; undefined for buffers of their own. */
  readonly room?: Room | undefined;
  /** Numbers of the fields of which columns of files of ours may be deferred. */
  readonly deferred?: ReadonlySet<number> | undefined;
  /** Where every batch is given when nobody looks at it any more; undefined if not all are. */
  readonly returned?: ReturnedMemory | undefined;
  /** Tells which frames of files need not be read at all; undefined for all. */
  readonly mayHold?: MayHold | undefined;
  /** Whether management records are wanted of files, where leaving them out saves work; they may come all the same. */
  readonly management?: boolean;
  /** Whether records of files are to have the field `offset`; where it is among `fields`, this says so too. */
  readonly offsets?: boolean;
  /** Threads that are to read files of ours, instead of handing their batches out here; results are all taken when the last batch was. */
  readonly scan?: FrameTaker | undefined;
  /** Whether to say what of records in other formats had no meaning here. */
  readonly verbose?: boolean;
  /** Flow records of files are to come in the order of their starts; undefined for as they are. */
  readonly merge?: MergeSettings | undefined;
  /** As `--port-direction` has it; undefined for records as they are. */
  readonly portDirection?: string | undefined;
  /** Of records that have none, where they are to go on from those of other inputs. */
  readonly numbers?: RecordNumbers;
}
