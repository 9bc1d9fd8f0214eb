import { ActionIcon, Button, Group, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { list, type Schema } from '~/api/client';
import { calendarQuery } from '~/api/queries/calendar';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { useNow } from '~/parts/use-now';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useLanguage, useText } from '~/text/text';
import classes from './Calendar.module.css';
import { dayOf, month, plusDays, plusMonths, week } from './days';
import { PlannedOne } from './PlannedOne';
import { planned, type Planned } from './planned';

interface Props {
  view: 'week' | 'month';
  /** A day of the week or month that is shown; today's where it is not said. */
  day: string | undefined;
  onDay: (day: string | undefined) => void;
  once: readonly Schema<'ScheduledDeployment'>[];
}

const mostOfADay = { month: 4, week: 40 };

export function Calendar({ view, day, onDay, once }: Props) {
  const t = useText().schedules;
  const { language, zone } = useLanguage();
  const today = dayOf(new Date(useNow(60_000)), zone);
  const shown = day ?? today;
  const days = view === 'week' ? week(shown) : month(shown);
  const rules = useQuery(calendarQuery(`${plusDays(days.at(-1) ?? shown, 2)}T00:00:00Z`, useProject()));
  const byDay = useMemo(() => {
    const all = new Map<string, Planned[]>();
    for (const one of planned(list(rules.data), once)) {
      const on = dayOf(new Date(one.at), zone);
      all.set(on, [...(all.get(on) ?? []), one]);
    }
    return all;
  }, [rules.data, once, zone]);
  const write = (on: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { ...options, timeZone: 'UTC' }).format(Date.parse(on));
  const step = (n: number) => onDay(view === 'week' ? plusDays(shown, 7 * n) : plusMonths(shown, n));
  const title = view === 'month' ? write(shown, { month: 'long', year: 'numeric' }) : `${write(days[0] ?? shown, { day: 'numeric', month: 'short' })} – ${write(days.at(-1) ?? shown, { dateStyle: 'medium' })}`;
  if (rules.isPending) return <Waiting for={t.what} />;
  if (rules.error) return <ProblemNote error={rules.error} onRetry={() => void rules.refetch()} />;
  return (
    <section aria-label={title}>
      <Group mb="sm" gap="sm">
        <ActionIcon variant="default" size="lg" onClick={() => step(-1)} aria-label={t.before[view]}>
          <Icon name="right" style={{ transform: 'scaleX(-1)' }} />
        </ActionIcon>
        <ActionIcon variant="default" size="lg" onClick={() => step(1)} aria-label={t.after[view]}>
          <Icon name="right" />
        </ActionIcon>
        <Button variant="default" onClick={() => onDay(undefined)}>
          {t.today}
        </Button>
        <Title order={2} aria-live="polite">
          {title}
        </Title>
      </Group>
      <div className={classes.frame}>
        <div className={classes.names} aria-hidden="true">
          {days.slice(0, 7).map((on) => (
            <div key={on} className={classes.name}>
              {write(on, { weekday: 'short' })}
            </div>
          ))}
        </div>
        <ol className={classes.days} data-view={view}>
          {days.map((on) => {
            const all = byDay.get(on) ?? [];
            return (
              <li
                key={on}
                className={classes.day}
                data-empty={all.length === 0}
                data-today={on === today}
                data-outside={view === 'month' && on.slice(0, 7) !== shown.slice(0, 7)}
                {...(on === today && { 'aria-current': 'date' as const })}
              >
                <div className={classes.number}>
                  <span className={classes.long}>{write(on, { dateStyle: 'full' })}</span>
                  <span className={classes.short} aria-hidden="true">
                    {write(on, { day: 'numeric' })}
                  </span>
                </div>
                <ul className={classes.planned}>
                  {all.slice(0, mostOfADay[view]).map((one) => (
                    <PlannedOne key={one.key} planned={one} />
                  ))}
                </ul>
                {all.length > mostOfADay[view] && <div className={classes.more}>{t.more(all.length - mostOfADay[view])}</div>}
              </li>
            );
          })}
        </ol>
      </div>
    </section>
  );
}
