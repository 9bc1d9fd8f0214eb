import type { Texts } from '../texts';
import { overview } from './overview';
import { parts } from './parts';
import { shell } from './shell';
import { signIn } from './sign-in';
import { activity } from './activity';
import { approvals } from './approvals';
import { schedules } from './schedules';
import { settings } from './settings';
import { tokens } from './tokens';

export const id: Texts = { shell, parts, signIn, overview, activity, approvals, schedules, settings, tokens };
