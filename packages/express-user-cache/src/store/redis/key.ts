/** Where Redis keeps a bucket: the braces make the tag decide the slot of a cluster. */
export const keyOf = (bucket: string): string => `uc:1:{${bucket}}`;

/** The bucket whose key this is. */
export const bucketOf = (key: string): string | undefined => /^uc:1:\{(.*)\}$/.exec(key)?.[1];
