import type { RingHandle } from '../../libs/capture/ring-socket.ts';
import type { LinkEvent } from '../../libs/capture/link-event.ts';
import type { BatchMessage } from '../../libs/record/transfer.ts';
import type { ProbeOptions, ProbeTotals } from './probe.ts';
import type { CaptureSettings, Damage } from './sources.ts';

/** Where a probe thread gets its packets. The packets of several rings or devices are counted in one flow table. */
export type ThreadInput = { readonly kind: 'files'; readonly captures: CaptureSettings } | LiveInput;

export type LiveInput =
  | { readonly kind: 'ring'; readonly rings: readonly RingHandle[] }
  | { readonly kind: 'cap'; readonly devices: readonly string[]; readonly filter: string };

/** What a probe thread is started with. */
export interface ThreadOrder {
  readonly options: ProbeOptions;
  readonly input: ThreadInput;
}

/** Why a thread could not do what it was started for; the words of a `SuiteError`. */
export interface ThreadFailure {
  readonly message: string;
  readonly hint: string;
  readonly exitStatus: 1 | 2;
}

/** What a probe thread says: that its inputs are open, a batch, an answer to `report`, what happened, or that it has ended. */
export type ThreadMessage =
  | 'open'
  | { readonly batch: BatchMessage }
  | { readonly linkUnknown: number }
  | { readonly link: LinkEvent }
  | { readonly report: ProbeTotals }
  | { readonly totals: ProbeTotals; readonly damage: readonly Damage[] }
  | { readonly failed: ThreadFailure };

/** What it hears: that a batch was taken, that its totals are asked for, that it should end; or the buffer of a batch that is done with. */
export type ThreadCommand = 'taken' | 'report' | 'stop' | ArrayBuffer;
