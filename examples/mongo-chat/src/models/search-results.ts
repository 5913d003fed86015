import { z } from 'zod';

/** What a search answers. As the schema of a namespace it is checked when it is stored and again at every hit. */
export const SearchResults = z.object({
  conversations: z.array(z.object({ _id: z.string(), title: z.string() })),
  messages: z.array(
    z.object({
      _id: z.string(),
      conversationId: z.string(),
      author: z.enum(['user', 'bot']),
      text: z.string(),
      createdAt: z.iso.datetime(),
    }),
  ),
});
