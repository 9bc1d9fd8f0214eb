import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { list } from '~/api/client';
import { environmentsQuery, type Environment } from '~/api/queries/environments';
import { useText } from '~/text/text';
import { addresses } from './addresses';
import { useAllCommands, useCommands, type Command } from './commands';
import { onOpenPalette, openPalette } from './palette-open';
import { usePlaces, useAnswers } from './use-places';
import { useBegun } from './use-begun';
import { useKeys } from './use-keys';
import { useProject } from './use-project';

const load = () => import('./PaletteBox');
const PaletteBox = lazy(() => load().then(({ PaletteBox }) => ({ default: PaletteBox })));

/** The command palette (Ctrl-K): every page, every environment, and what the page adds. Also listens to the keys of all. */
export function Palette() {
  useGoing();
  const commands = useAllCommands();
  useKeys(commands);
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      openPalette();
    };
    window.addEventListener('keydown', pressed);
    const stop = onOpenPalette(() => setAsked((n) => n + 1));
    return () => {
      window.removeEventListener('keydown', pressed);
      stop();
    };
  }, []);
  if (asked === 0) return null;
  return (
    <Suspense>
      <PaletteBox commands={commands} asked={asked} />
    </Suspense>
  );
}

// What goes on in environments changes often, and what they are called seldom: thousands of commands stay as they are.
const toGoTo = (environments: readonly Environment[]) => environments.map(({ name, type }) => ({ name, type }));

/** The commands that lead to pages and environments. */
function useGoing() {
  const t = useText().shell;
  const navigate = useNavigate();
  const answers = useAnswers();
  const places = usePlaces();
  const environments = useQuery({ ...environmentsQuery(useProject()), enabled: useBegun() === true, select: toGoTo }).data;
  const commands = useMemo<Command[]>(
    () => [
      ...places.map(
        ({ address, name, icon, keys }): Command => ({
          id: `page ${name}`,
          label: t.pages[name],
          group: 'pages',
          icon,
          keys,
          run: () => void navigate({ to: address }),
        }),
      ),
      ...(answers(addresses.environment('any')) ? list(environments) : []).map(
        ({ name, type }): Command => ({
          id: `environment ${name}`,
          label: name,
          also: type,
          group: 'environments',
          icon: 'environments',
          run: () => void navigate({ to: addresses.environment(name) }),
        }),
      ),
    ],
    [t, navigate, answers, places, environments],
  );
  useCommands(commands);
}
