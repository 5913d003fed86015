type Method<T> = (this: T, ...args: unknown[]) => unknown;

/**
 * A method that calls the one it stands in front of: what the schema had under its name, else mongoose's own. Models inherit
 * from each other (discriminators), and then its own name is met again on the way up.
 */
export function inherited<T extends object>(
  own: object,
  name: string,
  wrap: (this: T, original: (...args: unknown[]) => unknown, ...args: unknown[]) => unknown,
): Method<T> {
  const before = (own as Readonly<Record<string, Method<T> | undefined>>)[name];
  const method: Method<T> = function (...args) {
    const original = before ?? above(this, name, method);
    return wrap.call(this, (...given) => original.apply(this, given), ...args);
  };
  return method;
}

function above<T>(from: object, name: string, method: Method<T>): Method<T> {
  const found = Reflect.get(from, name) as Method<T>;
  return found === method ? above(Object.getPrototypeOf(from) as object, name, method) : found;
}
