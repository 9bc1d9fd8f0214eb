import { Text } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Ago } from '~/parts/Ago';
import { useLanguage, useText } from '~/text/text';

/** The next five times of a rule, on the wall of its own zone. */
export function NextTimes({ schedule }: { schedule: Schema<'Schedule'> }) {
  const t = useText().dialogs.schedule;
  const { language } = useLanguage();
  const zone = schedule.timeZone || 'UTC';
  const wall = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' });
  return (
    <section aria-label={t.next}>
      <Text size="sm" c="dimmed" mb={4}>
        {t.next}
      </Text>
      <ol style={{ margin: 0, paddingLeft: 20 }} className="figures">
        {list(schedule.upcoming).map((at) => (
          <li key={at}>
            {wall.format(new Date(at))}{' '}
            <Text span size="sm" c="dimmed">
              <Ago at={at} />
            </Text>
          </li>
        ))}
      </ol>
    </section>
  );
}
