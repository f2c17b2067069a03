// When a script may run without a person. The rule fails closed: `automatic` is honoured only if the worker allows it and every statement of both
// scripts is of a kind that such scripts need; the first that is not is named, so that a person sees why they are asked.
import type { EffectivePolicy, ObjectReference, PlannedScript, PlannedStatement, StatementClass } from '../domain/plan.js';

export interface PolicyQuestion {
  readonly asked: EffectivePolicy['asked'];
  /** The worker's own word: `MOORING_ALLOW_AUTOMATIC=1`, or a rule of its policy file. */
  readonly allowAutomatic: boolean;
  /** Absent for deregister. */
  readonly bootstrap: PlannedScript | undefined;
  /** Absent when Immuta gives none. */
  readonly cleanup: PlannedScript | undefined;
  /** Names the cleanup script may drop because the manifest names them as Immuta's own: its database or catalog, and the system account with its role. */
  readonly manifestNames: readonly string[];
}

const bootstrapMay: ReadonlySet<StatementClass> = new Set(['session', 'read', 'create', 'alter', 'grant', 'elevated']);
const cleanupMay: ReadonlySet<StatementClass> = new Set(['session', 'read', 'grant', 'revoke', 'drop']);

/** The policy in force. Only `automatic` can turn into another one, and only into `approval`. */
export function effectivePolicy(question: PolicyQuestion): EffectivePolicy {
  const { asked } = question;
  if (asked !== 'automatic') return { asked, effective: asked, because: `The manifest asks for ${asked}.` };
  const obstacle = obstacleTo(question);
  if (obstacle !== undefined) return { asked, effective: 'approval', because: obstacle };
  return { asked, effective: 'automatic', because: 'Automatic is allowed here, and both scripts hold only statements that it covers.' };
}

function obstacleTo({ allowAutomatic, bootstrap, cleanup, manifestNames }: PolicyQuestion): string | undefined {
  if (!allowAutomatic) return 'This worker does not allow automatic runs.';
  if (cleanup === undefined) return 'Immuta gives no cleanup script, so a failure could not be undone.';
  const stopping = bootstrap?.statements.find((statement) => !bootstrapMay.has(statement.class));
  if (stopping !== undefined) return `Line ${stopping.line} of the bootstrap script ${classWords[stopping.class]}.`;
  const removable = new Removable(bootstrap, manifestNames);
  for (const statement of cleanup.statements) {
    if (!cleanupMay.has(statement.class)) return `Line ${statement.line} of the cleanup script ${classWords[statement.class]}.`;
    if (statement.class === 'drop' && !removable.covers(statement)) {
      return `Line ${statement.line} of the cleanup script drops ${words(statement.object)}, which neither the bootstrap script creates nor the manifest names.`;
    }
  }
  return undefined;
}

const classWords: Readonly<Record<StatementClass, string>> = {
  session: 'changes the session',
  read: 'reads',
  create: 'creates something',
  replace: 'replaces what may exist already',
  alter: 'alters something',
  grant: 'grants something',
  revoke: 'revokes something',
  elevated: 'uses account-wide power',
  data: 'changes rows',
  transaction: 'opens or ends a transaction',
  drop: 'drops something',
  opaque: 'runs code that only the platform can read',
  unknown: 'does something we do not know',
};

/** Kinds whose name is complete by itself. Every other name means one object only together with its database or catalog. */
const ofAccount: ReadonlySet<ObjectReference['kind']> = new Set(['database', 'catalog', 'role', 'user', 'warehouse', 'integration']);
/** Kinds by which a manifest names things. */
const ofManifest: ReadonlySet<ObjectReference['kind']> = new Set(['database', 'catalog', 'role', 'user']);

class Removable {
  readonly #created: ReadonlySet<string>;
  readonly #named: ReadonlySet<string>;
  readonly #ownDatabases: ReadonlySet<string>;

  constructor(bootstrap: PlannedScript | undefined, manifestNames: readonly string[]) {
    const creations = bootstrap?.statements.filter((statement) => statement.class === 'create') ?? [];
    this.#created = new Set(creations.flatMap(({ object }) => (object === undefined ? [] : [key(object)])));
    this.#named = new Set(manifestNames.flatMap((name) => [name, name.toUpperCase()]));
    // IF NOT EXISTS proves nothing about a database: what lies in one that was there before is not ours.
    this.#ownDatabases = new Set([
      ...this.#named,
      ...creations.flatMap(({ object, plainCreate }) =>
        plainCreate === true && (object?.kind === 'database' || object?.kind === 'catalog') ? [object.name] : [],
      ),
    ]);
  }

  covers({ object }: PlannedStatement): boolean {
    if (object === undefined) return false;
    if (ofAccount.has(object.kind)) return this.#created.has(key(object)) || (ofManifest.has(object.kind) && this.#named.has(object.name));
    // What lies in a database counts only by its full name: a bare one depends on where the session stands.
    const parts = object.name.split('.');
    const full = parts.length === (object.kind === 'schema' ? 2 : 3) && !/["`]/.test(object.name);
    return full && (this.#created.has(key(object)) || this.#ownDatabases.has(parts[0] ?? ''));
  }
}

function key({ kind, name }: ObjectReference): string {
  return `${kind} ${name}`;
}

function words(object: ObjectReference | undefined): string {
  return object === undefined ? 'something without a certain name' : `${object.kind === 'other' ? 'object' : object.kind} ${object.name}`;
}
