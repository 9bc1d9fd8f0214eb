import { Title } from '@mantine/core';
import { useId } from 'react';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { Icon } from '~/parts/icons';
import { useText } from '~/text/text';
import type { Arrangement } from './arrange';
import { EnvironmentCard } from './EnvironmentCard';
import classes from './Overview.module.css';

interface Props {
  arrangement: Arrangement;
  activity: readonly Schema<'EnvironmentActivity'>[];
}

/** The pipeline from left to right, what stands by beside it, and the rest below. */
export function PipelineMap({ arrangement: { pipeline, standby, others }, activity }: Props) {
  const t = useText().overview;
  const now = new Map(activity.map((a) => [a.id, a]));
  const card = (environment: Environment) => <EnvironmentCard environment={environment} activity={now.get(environment.id)} />;
  return (
    <>
      <Row title={t.pipeline} show={pipeline.length > 0}>
        <ol className={classes.pipeline}>
          {pipeline.map((environment, i) => (
            <li key={environment.id} className={classes.stage}>
              {i > 0 && <Icon name="right" className={classes.arrow} />}
              {card(environment)}
            </li>
          ))}
        </ol>
      </Row>
      <Row title={t.standby} show={standby.length > 0}>
        <ul className={classes.cards}>
          {standby.map((environment) => (
            <li key={environment.id}>{card(environment)}</li>
          ))}
        </ul>
      </Row>
      <Row title={t.previews} show={others.length > 0}>
        <ul className={classes.cards}>
          {others.map((environment) => (
            <li key={environment.id}>{card(environment)}</li>
          ))}
        </ul>
      </Row>
    </>
  );
}

function Row({ title, show, children }: { title: string; show: boolean; children: React.ReactNode }) {
  const id = useId();
  if (!show) return null;
  return (
    <section aria-labelledby={id}>
      <Title order={2} id={id} mb="sm">
        {title}
      </Title>
      {children}
    </section>
  );
}
