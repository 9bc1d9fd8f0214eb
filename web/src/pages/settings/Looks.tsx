import { Input, SegmentedControl, Stack, useMantineColorScheme } from '@mantine/core';
import { useId, useState } from 'react';
import { Select } from '~/parts/Choice';
import { Section } from '~/parts/Section';
import { setStartPage, startPage } from '~/shell/start';
import { usePlaces } from '~/shell/use-places';
import { zones } from '~/text/format';
import { useLanguage, useText } from '~/text/text';
import { languages } from '~/text/texts';

/** How the dashboard looks in this browser. */
export function Looks() {
  const texts = useText();
  const t = texts.settings;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { language, speak, zone, setZone } = useLanguage();
  const places = usePlaces();
  const [start, setStart] = useState(startPage);
  return (
    <Section title={t.looks}>
      <Stack gap="lg">
        <Choice
          label={texts.shell.language}
          value={language}
          data={(['en', 'id'] as const).map((value) => ({ value, label: languages[value] }))}
          onChange={speak}
        />
        <Choice
          label={texts.shell.scheme.label}
          value={colorScheme}
          data={(['light', 'dark', 'auto'] as const).map((value) => ({ value, label: texts.shell.scheme[value] }))}
          onChange={setColorScheme}
        />
        <Choice label={t.zone} says={t.zoneSays} value={zone} data={zones.map((value) => ({ value, label: value === 'utc' ? 'UTC' : t.local(Intl.DateTimeFormat().resolvedOptions().timeZone) }))} onChange={setZone} />
        <Select
          label={t.start}
          description={t.startSays}
          value={start}
          data={places.map(({ address, name }) => ({ value: address, label: texts.shell.pages[name] }))}
          allowDeselect={false}
          onChange={(address) => {
            if (address === null) return;
            setStartPage(address);
            setStart(address);
          }}
          maw={360}
        />
      </Stack>
    </Section>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  says?: string;
  value: T;
  data: { value: T; label: string }[];
  onChange: (value: T) => void;
}

function Choice<T extends string>({ label, says, value, data, onChange }: ChoiceProps<T>) {
  const id = useId();
  return (
    <Input.Wrapper label={label} description={says} labelProps={{ id }} labelElement="div">
      <SegmentedControl aria-labelledby={id} fullWidth mt={4} maw={420} value={value} data={data} onChange={onChange} />
    </Input.Wrapper>
  );
}
