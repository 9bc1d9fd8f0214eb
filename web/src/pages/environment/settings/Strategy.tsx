import { Text } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Facts } from '~/parts/Facts';
import { Section } from '~/parts/Section';
import { useFormat, useText } from '~/text/text';

/** How deployments go, and what a canary is measured by. */
export function Strategy({ strategy }: { strategy: Schema<'StrategySpec'> }) {
  const { environment: { spec: s }, parts } = useText();
  const f = useFormat();
  const time = (ms: number | undefined) => (ms === undefined || ms === 0 ? '' : f.duration(ms));
  const share = (n: number | undefined) => (n === undefined || n === 0 ? '' : f.percent(n / 100));
  const { analysis } = strategy;
  const recipes = list(strategy.recipes);
  const rules = list(analysis?.rules);
  return (
    <Section title={s.strategy}>
      <Facts
        rows={[
          [s.primary, parts.strategy[strategy.primary]],
          [s.alternatives, list(strategy.alternatives).map((each) => parts.strategy[each]).join(', ') || s.none],
          [s.recipes, recipes.length > 0 && recipes.map((recipe) => <Recipe key={recipe.name} recipe={recipe} />)],
          [s.weights, list(strategy.weights).map((each) => f.percent(each / 100)).join(' → ')],
          [s.pause, time(strategy.pause)],
          [s.surge, strategy.maxSurge === undefined ? '' : f.number(strategy.maxSurge)],
          [s.unavailable, strategy.maxUnavailable === undefined ? '' : f.number(strategy.maxUnavailable)],
          [s.drain, time(strategy.drainTimeout)],
          [s.warm, time(strategy.warmFor)],
          [s.stable, time(strategy.stableFor)],
          [s.mirror, share(strategy.mirror)],
          [s.sticky, strategy.sticky ? s.yes : ''],
          [s.testers, strategy.testers && `${strategy.testers.header ?? strategy.testers.cookie ?? ''}: ${strategy.testers.value}`],
          [s.minRequests, analysis?.minRequests === undefined ? '' : f.number(analysis.minRequests)],
          [s.rules, rules.length > 0 && rules.map((rule) => <div key={rule.name}>{rule.name}: <code>{rule.expr}</code></div>)],
        ]}
      />
    </Section>
  );
}

function Recipe({ recipe: { name, description, steps } }: { recipe: Schema<'Recipe'> }) {
  const f = useFormat();
  return (
    <div>
      {name}: {steps.map((step) => step.do.replaceAll('_', ' ') + (step.weight !== undefined ? ` ${f.percent(step.weight / 100)}` : '')).join(' → ')}
      {description && (
        <Text size="sm" c="dimmed">
          {description}
        </Text>
      )}
    </div>
  );
}
