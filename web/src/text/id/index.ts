import type { Texts } from '../texts';
import { deployment } from './deployment';
import { dialogs } from './dialogs';
import { overview } from './overview';
import { parts } from './parts';
import { releases } from './releases';
import { shell } from './shell';
import { signIn } from './sign-in';

export const id: Texts = { shell, parts, signIn, overview, dialogs, deployment, releases };
