import { NavLink, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Select } from '~/parts/Choice';
import { Icon } from '~/parts/icons';
import { Section } from '~/parts/Section';
import { useText } from '~/text/text';
import { Properties, SchemaField } from './SchemaField';
import { schemas } from './schemas';
import { differing, isObject, sectionNames, type Path, type SectionName, type Sections } from './sections';
import classes from './SectionsForm.module.css';

interface Props {
  sections: Sections;
  section: SectionName;
  changed: readonly Path[];
  problems: ReadonlyMap<string, string>;
  onSection: (section: SectionName) => void;
  onChange: (sections: Sections) => void;
}

/** The nine sections, one at a time, as forms made from their JSON Schemas. */
export function SectionsForm({ sections, section, changed, problems, onSection, onChange }: Props) {
  const t = useText().configuration;
  const narrow = useMediaQuery('(max-width: 48em)');
  const schema = schemas[section];
  const put = (value: unknown) => {
    const next = { ...sections, [section]: value };
    if (value === undefined) onChange(Object.fromEntries(Object.entries(next).filter(([name]) => name !== section)));
    else onChange(next);
  };
  const wrong = (name: SectionName) => [...problems.keys()].some((path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  const note = (name: SectionName) => {
    if (wrong(name)) return t.wrong;
    if (changed.some(([first]) => first === name)) return t.changed;
    const said = differing({}, { [name]: sections[name] }).length;
    return said > 0 ? t.said(count(sections[name])) : t.notSet;
  };
  return (
    <div className={classes.sides}>
      {narrow ? (
        <Select label={t.section} value={section} data={sectionNames.map((name) => ({ value: name, label: `${t.sections[name]} (${note(name)})` }))} onChange={(next) => onSection(sectionNames.find((name) => name === next) ?? section)} allowDeselect={false} />
      ) : (
        <nav aria-label={t.section}>
          {sectionNames.map((name) => (
            <NavLink
              key={name}
              component="button"
              label={t.sections[name]}
              description={note(name)}
              active={name === section}
              aria-current={name === section ? 'true' : undefined}
              onClick={() => onSection(name)}
              leftSection={wrong(name) ? <Icon name="warn" style={{ color: 'var(--state-bad)' }} /> : undefined}
              className={classes.link}
            />
          ))}
        </nav>
      )}
      <Section title={t.sections[section]}>
        {schema.description && (
          <Text size="sm" c="dimmed" mb="md">
            {schema.description}
          </Text>
        )}
        {schema.type === 'object' ? (
          <Properties key={section} bare schema={schema} name={t.sections[section]} path={section} value={sections[section]} onChange={put} problems={problems} />
        ) : (
          <SchemaField key={section} schema={schema} name={t.sections[section]} path={section} value={sections[section]} onChange={put} problems={problems} />
        )}
      </Section>
    </div>
  );
}

/** How many values are said. */
function count(value: unknown): number {
  if (isObject(value)) return Object.values(value).reduce<number>((sum, item) => sum + count(item), 0);
  return Array.isArray(value) ? value.length : 1;
}
