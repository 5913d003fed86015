import type { SourceCode } from 'eslint';
import { classAround } from '../ast/member.js';
import { type Call, type Node, parentOf, propertyName, unwrap } from '../ast/node.js';
import { originsOf } from '../ast/origin.js';
import {
  REPOSITORY_INSERT,
  REPOSITORY_LIST,
  REPOSITORY_NAME,
  REPOSITORY_READ,
  REPOSITORY_WRITE,
} from '../catalog/repository.js';
import { entityOfBinding } from './entity.js';
import { terminalOf } from './terminal.js';
import type { DbCall } from './types.js';

/** A class of the project that is named after the table it stands for. Only the names tell: what it does is in another file. */
export function repositoryCall(call: Call, sourceCode: SourceCode): DbCall | undefined {
  const callee = unwrap(call.callee);
  if (callee.type !== 'MemberExpression') return undefined;
  const method = propertyName(callee);
  if (method === undefined) return undefined;
  const writes = REPOSITORY_WRITE.test(method);
  if (!writes && !REPOSITORY_READ.test(method)) return undefined;
  const entity = entityOfRepository(unwrap(callee.object), sourceCode);
  // `repository.create(data)` as a plain value only makes an object.
  if (entity === undefined || (writes && !isWaitedFor(call, sourceCode))) return undefined;
  return {
    node: call,
    library: 'repository',
    effect: writes ? 'write' : 'read',
    method,
    entity,
    ofList: (writes ? REPOSITORY_INSERT : REPOSITORY_LIST).test(method),
    lazy: false,
    terminal: call,
  };
}

function isWaitedFor(call: Call, sourceCode: SourceCode): boolean {
  const terminal = terminalOf(call, sourceCode);
  return terminal !== undefined && parentOf(call)?.type !== 'VariableDeclarator';
}

function entityOfRepository(object: Node, sourceCode: SourceCode): string | undefined {
  const name =
    object.type === 'Identifier' ? object.name : object.type === 'MemberExpression' ? propertyName(object) : undefined;
  const own = name === undefined ? undefined : REPOSITORY_NAME.exec(name)?.[1];
  if (own === undefined) return undefined;
  if (own !== '') return entityOfBinding(own);
  for (const origin of originsOf(object, sourceCode)) {
    const typed = origin.kind === 'type' ? REPOSITORY_NAME.exec(origin.type.name)?.[1] : undefined;
    if (typed) return entityOfBinding(typed.replace(/^I(?=[A-Z])/, ''));
  }
  // `this.repository` in `PetService`.
  const around = classAround(object)?.id?.name.replace(/(?:Service|Controller|Manager|UseCase|Handler)$/, '');
  return around === '' ? undefined : around;
}
