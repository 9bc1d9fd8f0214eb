import { useParams } from '@tanstack/react-router';
import { Suspense } from 'react';
import { Waiting } from '~/parts/Waiting';
import { environmentTabs, type EnvironmentTab } from '~/shell/addresses';
import { NotFound } from '~/shell/NotFound';
import { useText } from '~/text/text';
import { tabs } from './tabs';

/** Where a tab's content stands. */
export function TabPlace() {
  const { environment = '', tab = 'overview' } = useParams({ strict: false });
  const name = environmentTabs.find((each) => each === tab);
  return name ? <Content key={environment} environment={environment} name={name} /> : <NotFound />;
}

function Content({ environment, name }: { environment: string; name: EnvironmentTab }) {
  const t = useText().environment;
  const tab = tabs[name];
  if (!tab) return <NotFound />;
  return (
    <Suspense fallback={<Waiting for={t.tabs[name]} />}>
      <tab.Content environment={environment} />
    </Suspense>
  );
}
