import { useState } from 'react';
import { once, randomKey } from '~/api/client';

/** Headers by which a change is done once for one content of a form, however often it is sent. */
export function useIntention(): (content: unknown) => { 'Idempotency-Key': string } {
  const [headers] = useState(() => {
    const keys = new Map<string, string>();
    return (content: unknown) => {
      const text = JSON.stringify(content);
      const key = keys.get(text) ?? randomKey();
      keys.set(text, key);
      return once(key);
    };
  });
  return headers;
}
