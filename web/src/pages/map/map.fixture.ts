import type { EnvironmentMap } from '~/api/queries/overview';

/** As a server answered it. */
export const mapFixture: EnvironmentMap = {
  id: '01a204c6-3926-7a03-a009-9a1cef7d4480',
  environment: 'production',
  nodes: [
    {
      name: 'users',
      managed: true,
      ready: 0,
      desired: 0,
      requestsPerSecond: 10.16353354730246,
      errorsPerSecond: 0
    },
    {
      name: 'backend',
      type: 'app',
      status: 'healthy',
      managed: true,
      ready: 2,
      desired: 2,
      version: '1.3.0',
      routes: [
        '/api',
        '/version'
      ],
      requestsPerSecond: 6.87757909215956,
      errorsPerSecond: 0
    },
    {
      name: 'frontend',
      type: 'app',
      status: 'healthy',
      managed: true,
      ready: 2,
      desired: 2,
      version: '1.3.0',
      routes: [
        '/'
      ],
      requestsPerSecond: 3.2859544551429005,
      errorsPerSecond: 0
    },
    {
      name: 'cache',
      type: 'cache',
      status: 'unknown',
      managed: false,
      ready: 0,
      desired: 0,
      requestsPerSecond: 0,
      errorsPerSecond: 0
    },
    {
      name: 'database',
      type: 'database',
      status: 'unknown',
      managed: false,
      ready: 0,
      desired: 0,
      requestsPerSecond: 0,
      errorsPerSecond: 0
    },
    {
      name: 'storage',
      type: 'storage',
      status: 'unknown',
      managed: false,
      ready: 0,
      desired: 0,
      requestsPerSecond: 0,
      errorsPerSecond: 0
    }
  ],
  edges: [
    {
      from: 'users',
      to: 'backend',
      kind: 'route',
      label: '/api /version',
      requestsPerSecond: 6.87757909215956
    },
    {
      from: 'backend',
      to: 'database',
      kind: 'depends_on',
      requestsPerSecond: 0
    },
    {
      from: 'backend',
      to: 'cache',
      kind: 'depends_on',
      requestsPerSecond: 0
    },
    {
      from: 'users',
      to: 'frontend',
      kind: 'route',
      label: '/',
      requestsPerSecond: 3.2859544551429005
    },
    {
      from: 'frontend',
      to: 'backend',
      kind: 'depends_on',
      requestsPerSecond: 0
    }
  ]
};
