/** Classes of the project that stand for one table, by their names: `petRepository`, `PetRepo`, `petDao`, `PetModel`. */
export const REPOSITORY_NAME = /^_?(\w*?)(?:Repository|Repo|Dao|Model)$/i;

export const REPOSITORY_WRITE =
  /^(?:create|insert|add|save|upsert|update|edit|patch|increment|decrement|delete|remove|destroy|softDelete|softRemove|restore|archive|bulk(?:Create|Insert|Update|Delete|Upsert))(?:$|[A-Z])/;

export const REPOSITORY_INSERT = /^(?:create|insert|add|bulkCreate|bulkInsert)/;

export const REPOSITORY_READ = /^(?:find|get|list|fetch|load|search|count|select|all|paginate)(?:$|[A-Z])/;

export const REPOSITORY_LIST =
  /^(?:list|search|count|all|paginate)|(?:All|Many|List|Page|Paginated|Count|[a-rt-z]s)(?:By\w*|For\w*|With\w*|In\w*|$)/;
