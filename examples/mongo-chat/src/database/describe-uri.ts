/** Host and database of a connection string. User, password and options stay out of logs; the several hosts of a set are no URL, hence the pattern. */
export function describeUri(uri: string): string {
  const parts = /^mongodb(?:\+srv)?:\/\/(?:[^/]*@)?(?<hosts>[^/?@]+)(?:\/(?<name>[^?]*))?/u.exec(uri)?.groups;
  if (parts?.hosts === undefined) return 'an address that is no mongodb:// URI';
  return parts.name === undefined || parts.name === '' ? parts.hosts : `${parts.hosts}/${parts.name}`;
}
