// The people of a run: they decide on its plan and answer its questions. They take their time, look at the platform before they say anything about it,
// and clean by hand what nobody else does.
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { AttentionChoice } from '../../../domain/decision.js';
import type { Attention } from '../../../domain/outcome.js';
import type { PendingDecision } from '../../../workflows/messages.js';
import type { Fates } from './fates.js';
import type { Question, RunLedger, Script } from './ledger.js';
import type { ModelImmuta } from './model-immuta.js';
import type { ModelPlatform } from './model-platform.js';
import type { Schedule } from './schedule.js';
import type { TemporalServer } from './temporal-server.js';
import type { World } from './world.js';

export interface PersonWorld {
  readonly world: World;
  readonly server: TemporalServer;
  readonly ledger: RunLedger;
  readonly schedule: Schedule;
  readonly fates: Fates;
  readonly platform: ModelPlatform;
  readonly immuta: ModelImmuta;
}

/** Longer than anything runs or is under way: who looks then sees what became of it. */
const looksAfterMs = 8 * 60 * 60_000;
/** Who has been asked so often lets it be. */
const mostQuestions = 5;

export class Person {
  readonly #around: PersonWorld;
  #asked = 0;

  constructor(around: PersonWorld) {
    this.#around = around;
  }

  /** What stands in the memo now. */
  sees(gate: PendingDecision | null | undefined): void {
    if (gate === null || gate === undefined) return;
    if (gate.kind === 'decision') this.#decide(gate.digest ?? '');
    else if (gate.attention !== undefined) this.#answerLater(gate.attention);
  }

  #decide(digest: string): void {
    const { world, server, schedule } = this.#around;
    const { decision } = schedule;
    this.#around.ledger.askedToDecideAt = world.now;
    if (decision === 'never') return;
    const message = { digest, by: 'bob', comment: 'looked at the plan' };
    world.after(world.between(1_000, 600_000), () => {
      if (schedule.seed % 2 === 0) server.signal(decision, payload(message));
      else server.update('decide', payload({ ...message, verdict: decision }), () => undefined);
    });
  }

  #answerLater(attention: Attention): void {
    const { world, ledger, fates } = this.#around;
    const question: Question = { attention, askedAt: world.now };
    ledger.questions.push(question);
    this.#asked++;
    const wanted = this.#around.schedule.answers[this.#asked - 1] ?? 'true';
    fates.comes('question');
    world.after(looksAfterMs, () => this.#answer(question, wanted === 'true' ? this.#truth(attention) : this.#possible(attention, wanted)));
  }

  #answer(question: Question, choice: AttentionChoice): void {
    const { world, server } = this.#around;
    const { id, digest, choices } = question.attention;
    server.update(
      'resolve',
      payload({ attention: id, choice, by: 'carol', comment: 'looked at both sides', ...(digest === undefined ? {} : { digest }) }),
      (accepted) => {
        if (accepted) {
          question.answeredAt = world.now;
          question.choice = choice;
        } else {
          const other = choices.find((each) => each !== choice);
          if (other !== undefined) this.#answer(question, other);
        }
      },
    );
  }

  #possible(attention: Attention, wanted: AttentionChoice): AttentionChoice {
    return attention.choices.includes(wanted) ? wanted : this.#truth(attention);
  }

  /** What is so, or what helps. */
  #truth({ id, statement, choices }: Attention): AttentionChoice {
    if (id.startsWith('session-lost')) return this.#asked > 1 ? 'undo' : 'retry';
    if (statement !== undefined) {
      const script: Script = id.startsWith('outcome-unknown') ? 'bootstrap' : 'cleanup';
      const ran = this.#around.ledger.platform.some(
        ({ place, state }) => place?.script === script && place.index === statement.index && state === 'applied',
      );
      return ran ? 'ran' : 'not-run';
    }
    if (this.#asked > mostQuestions && choices.includes('abandon')) return 'abandon';
    if (id.startsWith('verify')) return this.#around.schedule.integration === 'stuck' && this.#asked > 1 ? 'undo' : 'retry';
    if (choices.includes('undo')) return 'undo';
    this.#cleanByHand();
    return 'retry';
  }

  #cleanByHand(): void {
    const { platform, immuta, schedule, ledger, world } = this.#around;
    if (schedule.flow === 'register') for (const { object, maker } of platform.things) if (maker === 'run') platform.remove(object);
    if (this.#asked === 1 && !immuta.integrations.some(({ status }) => status === 'deleteError')) return;
    if (immuta.connection?.creator === 'us') ledger.cleanedByHandAt ??= world.now;
    immuta.cleanByHand();
  }
}

function payload(message: unknown): temporal.api.common.v1.IPayload {
  return toPayloads(defaultPayloadConverter, message)?.[0] ?? {};
}
