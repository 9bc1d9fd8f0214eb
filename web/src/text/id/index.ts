import type { Texts } from '../texts';
import { compare } from './compare';
import { configuration } from './configuration';
import { deployment } from './deployment';
import { dialogs } from './dialogs';
import { environment } from './environment';
import { environments } from './environments';
import { overview } from './overview';
import { parts } from './parts';
import { releases } from './releases';
import { shell } from './shell';
import { signIn } from './sign-in';
import { sync } from './sync';
import { templates } from './templates';
import { variables } from './variables';

export const id: Texts = { shell, parts, signIn, overview, compare, configuration, deployment, dialogs, environment, environments, releases, sync, templates, variables };
