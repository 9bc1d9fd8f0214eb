import { Stack, Text, Title } from '@mantine/core';
import { useLocation } from '@tanstack/react-router';
import { Go } from '~/parts/Go';
import { Page } from '~/parts/Page';
import { addresses } from '~/shell/addresses';
import { places } from '~/shell/navigation';
import { useText } from '~/text/text';
import { FirstSteps } from './FirstSteps';
import { Steps } from './Steps';

/** What a page shows on a server without any project: what will stand there, and what to type until then. */
export function FirstPage() {
  const texts = useText();
  const t = texts.first;
  const path = useLocation({ select: ({ pathname }) => pathname });
  const place = places.find(({ address }) => address === path);
  const name = place?.name;
  if (name === 'overview') {
    return (
      <Page title={texts.shell.pages.overview} narrow>
        <FirstSteps />
      </Page>
    );
  }
  const about = name !== undefined && name in t.pages ? t.pages[name as keyof typeof t.pages] : undefined;
  const apply = { says: t.before, command: t.apply };
  return (
    <Page title={name === undefined ? t.title : texts.shell.pages[name]} narrow>
      <Stack gap="md" py="lg" maw={620}>
        {name !== undefined && <Title order={2}>{t.title}</Title>}
        <Text c="dimmed">{about?.says ?? t.elsewhere}</Text>
        <Steps steps={about ? [apply, { says: about.then, command: about.command }] : [apply]} />
        <Go to={addresses.overview}>{t.all}</Go>
      </Stack>
    </Page>
  );
}
