// COMMENT ON.
import { displayName } from '../catalog.js';
import { find, qualify, requireOwnership } from '../access.js';
import { doesNotExist } from '../errors.js';
import { kindNames, objectKind } from '../object-kinds.js';
import { done } from '../result.js';
import type { Statement } from '../statement.js';
import type { TokenCursor } from '../token-cursor.js';
import { acceptArgumentTypes } from './signature.js';

export function parseComment(cursor: TokenCursor): Statement {
  cursor.expect('COMMENT');
  const ifExists = cursor.accept('IF', 'EXISTS');
  cursor.expect('ON');
  const kind = cursor.acceptOneOf(kindNames);
  if (kind === undefined) throw cursor.unexpected();
  const name = cursor.name();
  if (objectKind(kind).callable) name.push(`${name.pop() ?? ''}(${(acceptArgumentTypes(cursor) ?? []).join(', ')})`);
  cursor.expect('IS');
  const comment = cursor.string();
  cursor.end();
  return {
    verb: 'COMMENT',
    object: `${kind} ${displayName(name)}`,
    read: false,
    run(execution) {
      const object = find(execution, kind, qualify(execution, kind, name, 'COMMENT'));
      if (object === undefined && ifExists) return done();
      if (object === undefined) throw doesNotExist(kind, displayName(name));
      requireOwnership(execution, object);
      object.properties.set('COMMENT', comment);
      return done();
    },
  };
}
