import { useMutation } from '@tanstack/react-query';
import { useProject } from '~/shell/use-project';
import { useIntention } from './use-intention';
import { usePreview } from './use-preview';

/** How a change is asked for, as the client takes it: `params: { query: how.query, header: how.header }, signal: how.signal`. */
export interface How {
  query: { project?: string | undefined; dryRun?: boolean };
  header: { 'Idempotency-Key'?: string };
  signal?: AbortSignal;
}

interface Change<Body, Done> {
  /** Of the dialog. */
  name: string;
  /** What is in the form; undefined as long as it is not enough to ask with. */
  body: Body | undefined;
  /** Sends it: to try it where how says so, else to do it. */
  send: (body: Body, how: How) => Promise<unknown>;
  done: (answer: Done) => void;
}

/**
 * A change that is tried before it is done: `preview` is what the server says to it while the form is filled in,
 * `confirm` does it. However often it is sent for one content of the form, it is done once.
 */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- what a dry run answers is not what the change answers
export function useChange<Before, Done, Body>({ name, body, send, done }: Change<Body, Done>) {
  const project = useProject();
  const intend = useIntention();
  const preview = usePreview(name, body, (asked, signal) => send(asked, { query: { project, dryRun: true }, header: {}, signal }) as Promise<Before>);
  const mutation = useMutation({
    mutationFn: (asked: Body) => {
      return send(asked, { query: { project }, header: intend(asked) }) as Promise<Done>;
    },
    onSuccess: done,
  });
  return {
    preview,
    confirm: () => {
      if (body !== undefined) mutation.mutate(body);
    },
    pending: mutation.isPending,
    error: mutation.error,
  };
}
