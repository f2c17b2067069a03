import type { ObjectReference, StatementClass } from '../domain/plan.js';

/** What was found out about one statement. */
export interface Classification {
  readonly class: StatementClass;
  readonly object?: ObjectReference;
  readonly repeatable: boolean;
  readonly plainCreate?: boolean;
  /** What GRANT and REVOKE are about. */
  readonly grant?: Grant;
  /** What a person has to know of it, each to be read after "line 7": `drops database X with all it holds`. */
  readonly dangers: readonly string[];
}

/** Who gets what on what, in words to show. */
export interface Grant {
  /** Such as `MANAGE GRANTS, CREATE ROLE`, or `ROLE X`. */
  readonly privileges: string;
  /** Such as `ACCOUNT` or `DATABASE X`; empty when a role is given. */
  readonly on: string;
  /** The name alone. */
  readonly to: string;
}

export function of(found: StatementClass, repeatable: boolean, more: Partial<Classification> = {}): Classification {
  return { dangers: [], ...more, class: found, repeatable };
}

export function opaque(danger: string): Classification {
  return of('opaque', false, { dangers: [`${danger}, which only the platform can read`] });
}

export function unknown(): Classification {
  return of('unknown', false, { dangers: ['is a statement we do not know'] });
}
