import type { Texts } from '../texts';
import { activity } from './activity';
import { approvals } from './approvals';
import { deployment } from './deployment';
import { dialogs } from './dialogs';
import { environment } from './environment';
import { environments } from './environments';
import { overview } from './overview';
import { parts } from './parts';
import { releases } from './releases';
import { schedules } from './schedules';
import { settings } from './settings';
import { shell } from './shell';
import { signIn } from './sign-in';
import { tokens } from './tokens';
import { variables } from './variables';

export const id: Texts = {
  shell,
  parts,
  signIn,
  overview,
  activity,
  approvals,
  schedules,
  settings,
  tokens,
  dialogs,
  environment,
  environments,
  variables,
  deployment,
  releases,
};
