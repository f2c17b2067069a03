// A plan in words. The summary says what will be there afterwards; the dangers are sentences that a person has to read before deciding, each with
// its line. Nothing in either is a secret: they are made of kinds, names and privileges, never of statement texts.
import type { ObjectReference, Plan, StatementClass } from '../domain/plan.js';
import type { Finding, ScriptPlan } from './plan-script.js';
import { visibleText } from './visible-text.js';

export type Summary = Pick<Plan, 'summary' | 'dangers' | 'classes'>;

/** `bootstrap` is absent for deregister; `cleanup` is absent when Immuta gives none. */
export function summarize(scripts: { readonly bootstrap?: ScriptPlan | undefined; readonly cleanup?: ScriptPlan | undefined }): Summary {
  const { bootstrap, cleanup } = scripts;
  const sentences = [
    ...(bootstrap === undefined ? [] : [`Bootstrap: ${inWords(bootstrap.findings)}.`]),
    cleanup === undefined ? 'Cleanup: none.' : `Cleanup: ${inWords(cleanup.findings)}.`,
  ];
  return {
    summary: onOneLine(sentences.join(' ')),
    dangers: dangersOf(bootstrap, cleanup).map(onOneLine),
    classes: classesOf(bootstrap, cleanup),
  };
}

/** A quoted name may hold line breaks; a second line could pass for a sentence of ours. */
function onOneLine(text: string): string {
  return visibleText(text).replaceAll(/[\t\n\r]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function inWords(findings: readonly Finding[]): string {
  const byClass = grouped(findings);
  const of = (found: StatementClass): readonly Finding[] => byClass.get(found) ?? [];
  const clauses = [
    clause('creates', byKind(of('create').map((finding) => finding.object))),
    clause('replaces', named(of('replace'))),
    ...elevatedGrants(of('elevated')),
    counted(of('elevated').filter((finding) => finding.grant === undefined).length, 'changes what reaches beyond one object in', 'statement'),
    counted(of('grant').length, 'makes', 'other grant'),
    counted(of('revoke').length, 'takes back', 'grant'),
    counted(of('alter').length, 'alters in', 'statement'),
    counted(of('data').length, 'changes rows in', 'statement'),
    counted(of('opaque').length, 'runs code in', 'statement'),
    counted(of('unknown').length, 'does what we do not know in', 'statement'),
    clause('drops', named(of('drop'))) || 'drops nothing',
  ];
  return clauses.filter((words) => words !== '').join('; ');
}

function grouped(findings: readonly Finding[]): ReadonlyMap<StatementClass, readonly Finding[]> {
  const byClass = new Map<StatementClass, Finding[]>();
  for (const finding of findings) {
    const together = byClass.get(finding.class);
    if (together === undefined) byClass.set(finding.class, [finding]);
    else together.push(finding);
  }
  return byClass;
}

function clause(verb: string, what: string): string {
  return what === '' ? '' : `${verb} ${what}`;
}

function counted(count: number, verb: string, noun: string): string {
  return count === 0 ? '' : `${verb} ${count} ${noun}${count === 1 ? '' : 's'}`;
}

function byKind(objects: readonly (ObjectReference | undefined)[]): string {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const noun = object === undefined || object.kind === 'other' ? 'other object' : object.kind;
    counts.set(noun, (counts.get(noun) ?? 0) + 1);
  }
  return [...counts].map(([noun, count]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(', ');
}

/** So many names are spelled out in one clause. */
const spelledOut = 10;

function named(findings: readonly Finding[]): string {
  const names = findings.map(({ object }) =>
    object === undefined ? 'something without a name' : `${object.kind === 'other' ? 'object' : object.kind} ${object.name}`,
  );
  const more = names.length - spelledOut;
  return names.slice(0, spelledOut).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function elevatedGrants(findings: readonly Finding[]): readonly string[] {
  const privileges = new Map<string, string[]>();
  for (const { grant } of findings) {
    if (grant === undefined) continue;
    const where = `${grant.on === '' ? '' : ` on ${grant.on === 'ACCOUNT' ? 'account' : grant.on}`} to ${grant.to}`;
    const together = privileges.get(where) ?? [];
    together.push(grant.privileges);
    privileges.set(where, together);
  }
  const clauses = [...privileges].map(([where, together]) => `grants ${[...new Set(together)].join(', ')}${where}`);
  const more = clauses.length - spelledOut;
  return more > 0 ? [...clauses.slice(0, spelledOut), `makes ${more} more such grants`] : clauses;
}

/** A person cannot read more than this; the number of those left out is said. */
const mostDangers = 200;

function dangersOf(bootstrap: ScriptPlan | undefined, cleanup: ScriptPlan | undefined): readonly string[] {
  const dangers = [
    ...(bootstrap?.findings ?? []).flatMap((finding) => sentences('bootstrap', finding)),
    ...(cleanup?.findings ?? []).filter((finding) => !undoes(finding, bootstrap)).flatMap((finding) => sentences('cleanup', finding)),
  ];
  const more = dangers.length - mostDangers;
  return [
    ...(cleanup === undefined && bootstrap !== undefined
      ? ['Immuta gives no cleanup script: what a failed registration leaves behind has to be removed by hand.']
      : []),
    ...dangers.slice(0, mostDangers),
    ...(more > 0 ? [`There are ${more} more dangers. Read the script itself.`] : []),
  ];
}

function sentences(script: string, { line, dangers }: Finding): readonly string[] {
  return dangers.map((danger) => `Line ${line} of the ${script} script ${danger}.`);
}

const madeBy = new WeakMap<ScriptPlan, ReadonlySet<string>>();

/** A drop or revoke in the cleanup script of just what the bootstrap script makes: that is what it is for. */
function undoes(finding: Finding, bootstrap: ScriptPlan | undefined): boolean {
  if (bootstrap === undefined || (finding.class !== 'drop' && finding.class !== 'revoke') || finding.dangers.length > 1) return false;
  const made = madeBy.get(bootstrap) ?? new Set(bootstrap.findings.flatMap(marks));
  madeBy.set(bootstrap, made);
  const own = marks(finding);
  return own.length > 0 && own.every((mark) => made.has(mark));
}

function marks({ class: found, object, grant }: Finding): readonly string[] {
  if (grant !== undefined) return [`grant ${grant.privileges} on ${grant.on} to ${grant.to}`];
  return object !== undefined && (found === 'create' || found === 'drop') ? [`${object.kind} ${object.name}`] : [];
}

function classesOf(...scripts: readonly (ScriptPlan | undefined)[]): Readonly<Partial<Record<StatementClass, number>>> {
  const classes: Partial<Record<StatementClass, number>> = {};
  for (const script of scripts) for (const finding of script?.findings ?? []) classes[finding.class] = (classes[finding.class] ?? 0) + 1;
  return classes;
}
