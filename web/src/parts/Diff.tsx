import { lazy, Suspense } from 'react';
import { useText } from '~/text/text';
import { Waiting } from './Waiting';

export interface DiffProps {
  before: string;
  after: string;
  language?: 'json' | 'yaml';
}

const MergeView = lazy(() => import('./MergeView').then(({ MergeView }) => ({ default: MergeView })));

/** What changes in a text, unchanged parts folded. The editor behind it is loaded with the first one. */
export function Diff(props: DiffProps) {
  const t = useText().parts.diff;
  if (props.before === props.after) return <p>{t.same}</p>;
  return (
    <Suspense fallback={<Waiting for={t.title} />}>
      <MergeView {...props} />
    </Suspense>
  );
}
