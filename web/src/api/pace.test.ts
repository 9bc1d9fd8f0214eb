import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { expect, it, onTestFinished, vi } from 'vitest';
import { pace } from './pace';

/** A query on the screen whose answers are given by hand. */
function slow() {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const open: ((value: string) => void)[] = [];
  const broken = vi.fn();
  const queryFn = ({ signal }: { signal: AbortSignal }) => {
    signal.addEventListener('abort', broken);
    return new Promise<string>((resolve) => open.push(resolve));
  };
  const observer = new QueryObserver(queries, { queryKey: ['overview'], queryFn, initialData: 'old', staleTime: Infinity });
  onTestFinished(observer.subscribe(() => undefined));
  const [query] = queries.getQueryCache().findAll();
  if (!query) throw new Error('there is no query');
  const paces = pace(queries);
  onTestFinished(paces.stop);
  return { again: () => paces.again(query), elsewhere: () => void observer.refetch(), asked: () => open.length, answer: (n: number, text: string) => open[n]?.(text), read: () => query.state.data, broken };
}

it('lets a query end, however many events come meanwhile, and asks once more for all of them', async () => {
  const { again, asked, answer, read, broken } = slow();
  again();
  await vi.waitFor(() => expect(asked()).toBe(1));
  for (let i = 0; i < 50; i++) again();
  answer(0, 'first');
  await vi.waitFor(() => expect(read()).toBe('first'));
  await vi.waitFor(() => expect(asked()).toBe(2));
  answer(1, 'second');
  await vi.waitFor(() => expect(read()).toBe('second'));
  again();
  await vi.waitFor(() => expect(asked()).toBe(3));
  expect(broken).not.toHaveBeenCalled();
});

it('asks once more where it was asked before the event', async () => {
  const { again, elsewhere, asked, answer, read } = slow();
  elsewhere();
  await vi.waitFor(() => expect(asked()).toBe(1));
  again(); // the answer that is on its way may be from before this one
  answer(0, 'from before');
  await vi.waitFor(() => expect(asked()).toBe(2));
  answer(1, 'from after');
  await vi.waitFor(() => expect(read()).toBe('from after'));
  expect(asked()).toBe(2);
});
