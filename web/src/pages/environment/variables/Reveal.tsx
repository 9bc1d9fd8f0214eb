import { ActionIcon } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState, type ComponentPropsWithRef } from 'react';
import { answer, api } from '~/api/client';
import { useMay } from '~/api/session';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import { slotOf } from './slot';

const RevealAsks = lazy(() => import('./RevealAsks').then(({ RevealAsks }) => ({ default: RevealAsks })));

const shownFor = 30_000;

export interface Revealed {
  value: string | undefined;
  hide: () => void;
  ask: () => void;
  asking: boolean;
  error: unknown;
}

/** A secret's value, asked for by name, so that no other one is shown or noted; and forgotten after a while. */
export function useReveal(environment: string, key: string, slot: string, project: string | undefined): Revealed {
  const [value, setValue] = useState<string>();
  const ask = useMutation({
    mutationFn: () =>
      answer(api.GET('/api/system/environments/{id}/variables', { params: { path: { id: environment }, query: { project, key, includeSecrets: true } } })),
    onSuccess: ({ variables }) => setValue(variables.find((variable) => slotOf(variable) === slot)?.value ?? ''),
    gcTime: 0,
  });
  const { reset, mutate } = ask;
  useEffect(() => {
    if (value === undefined) return;
    const timer = setTimeout(() => {
      setValue(undefined);
      reset();
    }, shownFor);
    return () => clearTimeout(timer);
  }, [value, reset]);
  return {
    value,
    hide: () => {
      setValue(undefined);
      reset();
    },
    ask: () => mutate(),
    asking: ask.isPending,
    error: ask.error,
  };
}

/** The eye beside a secret, with the question behind it. */
export function Reveal({ name, reveal }: { name: string; reveal: Revealed }) {
  const text = useText();
  const label = text.variables.reveal.show(name);
  const may = useMay('reveal');
  const [asked, setAsked] = useState(false);
  const why = may ? undefined : text.parts.mayNot.reveal;
  const eye = <Eye aria-label={label} data-tip={why} aria-description={why} aria-disabled={!may || undefined} data-disabled={!may || undefined} onClick={() => may && setAsked(true)} />;
  if (!asked) return eye;
  return (
    <Suspense fallback={eye}>
      <RevealAsks name={name} reveal={reveal} onClose={() => setAsked(false)}>
        <Eye aria-label={label} />
      </RevealAsks>
    </Suspense>
  );
}

function Eye(props: ComponentPropsWithRef<'button'> & { color?: never; 'data-disabled'?: true | undefined; 'data-tip'?: string | undefined }) {
  return (
    <ActionIcon variant="subtle" {...props} color="gray">
      <Icon name="eye" />
    </ActionIcon>
  );
}
