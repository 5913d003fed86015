import type { Node } from './node.js';

/** A type by its last name, with that of its first argument: `Model<IConversation>`. */
export interface TypeName {
  readonly name: string;
  readonly argument?: string;
}

/** What this file needs of TypeScript's nodes, which ESTree does not know. */
interface TypeNode {
  readonly type: string;
  readonly typeAnnotation?: TypeNode;
  readonly typeName?: TypeNode;
  readonly right?: TypeNode;
  readonly name?: unknown;
  readonly typeArguments?: { readonly params: readonly TypeNode[] };
  readonly types?: readonly TypeNode[];
}

/** The type that a parameter, a variable or a class field is annotated with. */
export function typeNameOf(annotated: Node): TypeName | undefined {
  const { typeAnnotation } = annotated as Node & { readonly typeAnnotation?: TypeNode };
  return typeAnnotation?.typeAnnotation && nameOf(typeAnnotation.typeAnnotation);
}

function nameOf(type: TypeNode): TypeName | undefined {
  if (type.type === 'TSUnionType') {
    for (const member of type.types ?? []) {
      const name = nameOf(member);
      if (name) return name;
    }
    return undefined;
  }
  if (type.type !== 'TSTypeReference' || type.typeName === undefined) return undefined;
  const last = type.typeName.type === 'TSQualifiedName' ? type.typeName.right : type.typeName;
  if (typeof last?.name !== 'string') return undefined;
  const first = type.typeArguments?.params[0];
  const argument = first && nameOf(first);
  return argument === undefined ? { name: last.name } : { name: last.name, argument: argument.name };
}
