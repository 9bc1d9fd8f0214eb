// What a server answered about the Sunday example: a cache that is down, a configuration that is not deployed.
import type { Schema } from '~/api/client';

export const environment: Schema<'Environment'> = {
  "id": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
  "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
  "project": "sunday",
  "name": "production",
  "type": "production",
  "status": "active",
  "description": "Where the shop's customers are",
  "spec": {
    "runtime": "process",
    "region": "us-east-1",
    "strategy": {
      "primary": "blue_green",
      "alternatives": [
        "canary"
      ],
      "weights": [
        20,
        50,
        100
      ],
      "pause": 3000
    },
    "validation": "comprehensive",
    "approvalRequired": true,
    "hooks": [
      {
        "name": "migrate",
        "stage": "pre-deployment",
        "run": [
          "sh",
          "-c",
          "echo schema of $LOCKSTEP_RELEASE"
        ],
        "required": true,
        "timeout": 30000
      }
    ],
    "alerts": [
      {
        "name": "cache-down",
        "when": "services.cache.status == \"unhealthy\"",
        "for": 5000
      }
    ],
    "replicas": {
      "backend": 2,
      "frontend": 2
    },
    "dependencies": [
      {
        "name": "backup",
        "type": "custom",
        "check": {
          "kind": "command",
          "command": [
            "/bin/echo",
            "newest backup is 3h old"
          ],
          "interval": 30000
        }
      },
      {
        "name": "cache",
        "type": "cache",
        "endpoint": "127.0.0.1:17499",
        "config": {
          "engine": "redis",
          "node_type": "cache.r6g.xlarge",
          "num_cache_nodes": 3
        }
      },
      {
        "name": "cdn",
        "type": "cdn",
        "endpoint": "http://127.0.0.1:17420/"
      },
      {
        "name": "database",
        "type": "database",
        "endpoint": "127.0.0.1:17420",
        "config": {
          "backup_retention": 30,
          "engine": "postgresql",
          "instance_class": "db.r5.4xlarge",
          "multi_az": true,
          "version": "14.9"
        }
      },
      {
        "name": "storage",
        "type": "storage",
        "config": {
          "encryption": "AES256",
          "lifecycle_policies": "enabled",
          "type": "s3",
          "versioning": "enabled"
        }
      }
    ]
  },
  "hostId": "c5871bc7-5313-4102-ad84-a7e8594f53ba",
  "activeRevisionId": "01a204c0-6511-77f1-afb7-598111506dcf",
  "metadata": {
    "createdAt": "2026-11-22T19:17:09.358672Z",
    "createdBy": "admin",
    "version": "2.4.0",
    "tags": [
      "team=payments",
      "tier=1"
    ],
    "lastDeployment": {
      "version": "2.4.0",
      "deployedAt": "2026-11-22T19:43:09.04695Z",
      "deployedBy": "admin",
      "deploymentId": "01a204c0-6511-7b2b-964b-178a195cc92d"
    },
    "lastModified": "2026-11-22T19:17:45.863806Z",
    "modifiedBy": "admin"
  },
  "createdAt": "2026-11-22T19:17:09.358672Z",
  "updatedAt": "2026-11-22T19:53:09.371998Z"
};

export const status: Schema<'StatusReport'> = {
  "id": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
  "name": "production",
  "type": "production",
  "status": "active",
  "health": {
    "status": "unhealthy",
    "score": 92,
    "worst": "cache",
    "ready": 4,
    "desired": 4
  },
  "services": [
    {
      "name": "backend",
      "type": "app",
      "enabled": true,
      "managed": true,
      "ready": 2,
      "desired": 2,
      "instances": [
        {
          "id": "backend-30c61ee3d402-0",
          "group": "backend-30c61ee3d402",
          "service": "backend",
          "state": "ready",
          "pid": 7296,
          "address": "127.0.0.1:21731",
          "restarts": 0,
          "startedAt": "2026-11-22T19:34:08.572678Z",
          "readyAt": "2026-11-22T19:34:08.617982Z"
        }
      ]
    },
    {
      "name": "frontend",
      "type": "app",
      "enabled": true,
      "managed": true,
      "ready": 2,
      "desired": 2,
      "instances": [
        {
          "id": "frontend-c2c08592b65a-0",
          "group": "frontend-c2c08592b65a",
          "service": "frontend",
          "state": "ready",
          "pid": 7309,
          "address": "127.0.0.1:20829",
          "restarts": 0,
          "startedAt": "2026-11-22T19:34:08.654958Z",
          "readyAt": "2026-11-22T19:34:08.7151Z"
        }
      ]
    },
    {
      "name": "backup",
      "type": "custom",
      "enabled": true,
      "managed": true,
      "ready": 0,
      "desired": 0,
      "health": {
        "name": "backup",
        "type": "custom",
        "managed": true,
        "status": "healthy",
        "kind": "command",
        "figure": "newest backup is 3h old",
        "responseTime": 2,
        "since": "2026-11-22T19:17:10.269556Z",
        "checkedAt": "2026-11-22T19:53:11.647298Z",
        "metadata": {
          "exitCode": 0,
          "output": "newest backup is 3h old"
        }
      }
    },
    {
      "name": "cache",
      "type": "cache",
      "enabled": true,
      "managed": true,
      "ready": 0,
      "desired": 0,
      "health": {
        "name": "cache",
        "type": "cache",
        "managed": true,
        "status": "unhealthy",
        "kind": "tcp",
        "message": "the connection was refused",
        "responseTime": 0,
        "since": "2026-11-22T19:17:16.144389Z",
        "checkedAt": "2026-11-22T19:53:15.069194Z"
      }
    },
    {
      "name": "cdn",
      "type": "cdn",
      "enabled": true,
      "managed": true,
      "ready": 0,
      "desired": 0,
      "health": {
        "name": "cdn",
        "type": "cdn",
        "managed": true,
        "status": "healthy",
        "kind": "http",
        "figure": "OK",
        "responseTime": 0,
        "since": "2026-11-22T19:17:10.42543Z",
        "checkedAt": "2026-11-22T19:53:14.225534Z",
        "metadata": {
          "httpStatus": 200
        }
      }
    },
    {
      "name": "database",
      "type": "database",
      "enabled": true,
      "managed": true,
      "ready": 0,
      "desired": 0,
      "health": {
        "name": "database",
        "type": "database",
        "managed": true,
        "status": "healthy",
        "kind": "tcp",
        "responseTime": 0,
        "since": "2026-11-22T19:17:10.892048Z",
        "checkedAt": "2026-11-22T19:53:09.645801Z"
      }
    },
    {
      "name": "storage",
      "type": "storage",
      "enabled": true,
      "managed": false,
      "ready": 0,
      "desired": 0
    }
  ],
  "variables": 4,
  "variableCounts": {
    "total": 4,
    "public": 4,
    "sensitive": 0,
    "required": 0,
    "missing": 0
  },
  "settings": {
    "type": "production",
    "region": "us-east-1",
    "timeZone": "UTC",
    "debugMode": false,
    "maintenanceMode": false
  },
  "lastDeployment": {
    "version": "2.4.0",
    "deployedAt": "2026-11-22T19:43:09.04695Z",
    "deployedBy": "admin",
    "deploymentId": "01a204c0-6511-7b2b-964b-178a195cc92d"
  },
  "revision": {
    "id": "01a204c0-6511-77f1-afb7-598111506dcf",
    "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
    "hash": "sha256:369180e2018eb398cceaa478b5f3c2dfcba1692616e72a66cf6d9215ae89fdf2",
    "content": {
      "format": 1,
      "release": "2.4.0",
      "config": 1,
      "services": [
        {
          "name": "backend",
          "artifact": "sha256:bba7491ebe53dd1911b2514a4e53d1b45f4cd0a2168220d123ce9fa804b22caf",
          "command": [
            "./backend",
            "--port",
            "{{port}}"
          ],
          "routes": [
            "/api",
            "/version"
          ],
          "env": {
            "LOG_LEVEL": "info",
            "SUNDAY_VERSION": "2.4.0"
          },
          "health": {
            "path": "/health",
            "startTimeout": 5000
          },
          "dependsOn": [
            "database",
            "cache"
          ],
          "validate": [
            "/api/version",
            "/api/orders"
          ]
        },
        {
          "name": "frontend",
          "artifact": "sha256:d18efc036ba252f6a3e72dd3be54f0bc1548df5f04651906708d8c770a640d9a",
          "command": [
            "./frontend",
            "--port",
            "{{port}}"
          ],
          "routes": [
            "/"
          ],
          "health": {
            "path": "/health"
          },
          "dependsOn": [
            "backend"
          ]
        }
      ]
    },
    "releaseId": "01a204c0-4dcf-7e2b-82bc-105917ccc6e4",
    "createdAt": "2026-11-22T19:34:07.377521Z",
    "createdBy": "admin"
  },
  "traffic": [
    {
      "revision": "01a204c0-6511-77f1-afb7-598111506dcf",
      "weight": 100
    }
  ],
  "runningConfig": 1,
  "latestConfig": 2,
  "notDeployed": [
    "configuration 2 is recorded and 1 runs: backend (env FEATURE_X, env LOG_LEVEL), frontend (env FEATURE_X, env LOG_LEVEL); it ships with the next deployment that asks for the latest configuration (--with-config latest)"
  ],
  "addresses": [
    "http://production.sunday.localhost:17480",
    "http://sunday.localhost:17480",
    "http://127.0.0.1:23649"
  ],
  "edge": {
    "held": 0,
    "shed": 0
  },
  "metrics": {
    "rangeMs": 86400000,
    "from": "2026-11-21T19:45:00Z",
    "until": "2026-11-22T19:53:19.441153Z",
    "stepMs": 1800000,
    "covered": 0.024951077183528545,
    "total": {
      "requests": 4415,
      "errors": 0,
      "errorRate": 0,
      "requestsPerSecond": 2.0362187149283693,
      "latency": {
        "p50": 0.4595,
        "p95": 4.5435,
        "p99": 24.8315
      },
      "activeUsers": 31,
      "bytesIn": 0,
      "bytesOut": 3515069,
      "restarts": 0,
      "logBytes": 904431,
      "cpu": {
        "average": 0.0016482701735850455,
        "peak": 0.012,
        "of": 2,
        "percent": 0.08241350867925228
      },
      "memory": {
        "average": 57768798.52457345,
        "peak": 83169280,
        "of": 25276510174.38578,
        "percent": 0.22854736720385582
      },
      "storage": {
        "bytes": 964548,
        "of": 270553174016,
        "free": 23747452928,
        "percent": 91.22263007470923
      }
    },
    "services": [
      {
        "name": "backend",
        "requests": 3511,
        "errors": 0,
        "errorRate": 0,
        "requestsPerSecond": 1.6192896734118922,
        "latency": {
          "p50": 0.4195,
          "p95": 4.0635,
          "p99": 22.7835
        },
        "activeUsers": 0,
        "bytesIn": 0,
        "bytesOut": 251629,
        "restarts": 0,
        "logBytes": 725179,
        "cpu": {
          "average": 0.0009232210384300672,
          "peak": 0.012,
          "of": 3.074811227188883,
          "percent": 0.030025291642834066
        },
        "memory": {
          "average": 28140585.110343345,
          "peak": 28140585.110343345,
          "of": 38860248632.80248,
          "percent": 0.0724148354691418
        }
      }
    ],
    "revisions": [
      {
        "revision": "01a204b1-06c7-7500-b0b2-34947e013879",
        "hash": "9dc9c5e72ca4",
        "version": "2.0.0",
        "requests": 2830,
        "errors": 0,
        "errorRate": 0,
        "requestsPerSecond": 1.3052092781987055,
        "latency": {
          "p50": 0.4435,
          "p95": 3.9995,
          "p99": 19.7115
        },
        "activeUsers": 31,
        "bytesIn": 0,
        "bytesOut": 2297516,
        "restarts": 0,
        "logBytes": 578325,
        "cpu": {
          "average": 0.0010897647022600487,
          "peak": 0.012,
          "of": 4,
          "percent": 0.02724411755650122
        },
        "memory": {
          "average": 37958511.17988489,
          "peak": 37958511.17988489,
          "of": 50553020349.55696,
          "percent": 0.07508653472614431
        }
      },
      {
        "revision": "01a204c0-6511-77f1-afb7-598111506dcf",
        "hash": "369180e2018e",
        "version": "2.4.0",
        "requests": 1585,
        "errors": 0,
        "errorRate": 0,
        "requestsPerSecond": 0.7310094367296637,
        "latency": {
          "p50": 0.4675,
          "p95": 6.7195,
          "p99": 33.2795
        },
        "activeUsers": 31,
        "bytesIn": 0,
        "bytesOut": 1217553,
        "restarts": 0,
        "logBytes": 324790,
        "cpu": {
          "average": 0.0010468995367078917,
          "peak": 0.01,
          "of": 4,
          "percent": 0.02617248841769729
        },
        "memory": {
          "average": 37586657.826181695,
          "peak": 37586657.826181695,
          "of": 50553020342.19205,
          "percent": 0.07435096374412173
        }
      }
    ],
    "series": [],
    "logs": {
      "today": 904431,
      "services": {
        "backend": 725179,
        "frontend": 179252
      }
    }
  },
  "monitoring": {
    "watched": 6,
    "lastSeen": "2026-11-22T19:53:15.069194Z",
    "uptime": "active",
    "month": {
      "window": 2592000000,
      "observed": 2130217,
      "percent": 100
    },
    "performance": "active",
    "security": "active",
    "securityFindings": { "critical": 0, "high": 0, "medium": 1, "low": 2 },
    "openAlerts": 1
  },
  "operations": [
    {
      "id": "01a204c8-c278-74c2-86ca-245cc0a32686",
      "kind": "deploy",
      "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "status": "pending_approval",
      "phase": "forward",
      "revisionId": "01a204c8-c278-7360-89eb-15dd4f11592a",
      "priority": 0,
      "locks": [
        "env:01a204b0-dc6e-7a45-aad6-7fba08a26914"
      ],
      "steps": [],
      "createdAt": "2026-11-22T19:43:15.575745Z",
      "createdBy": "admin"
    },
    {
      "id": "01a204c8-c1e1-77f0-a511-a8d778d46d57",
      "kind": "deploy",
      "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "status": "pending_approval",
      "phase": "forward",
      "revisionId": "01a204c8-c1e1-746b-98a9-bdae67c128fe",
      "priority": 0,
      "locks": [
        "env:01a204b0-dc6e-7a45-aad6-7fba08a26914"
      ],
      "steps": [],
      "createdAt": "2026-11-22T19:43:15.42457Z",
      "scheduledFor": "2026-11-24T01:43:15.422339Z",
      "notAfter": "2026-11-24T01:58:15.422339Z",
      "createdBy": "admin"
    }
  ],
  "alerts": [
    {
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "environment": "production",
      "name": "cache-down",
      "when": "services.cache.status == \"unhealthy\"",
      "state": "firing",
      "since": "2026-11-22T19:17:22.251445Z",
      "summary": "score 75, cache is unhealthy"
    }
  ]
};

export const health: Schema<'HealthReport'> = {
  "id": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
  "name": "production",
  "status": "unhealthy",
  "summary": { "status": "unhealthy", "score": 92, "worst": "cache", "ready": 4, "desired": 4 },
  "score": 92,
  "worst": "cache",
  "services": [
    {
      "name": "backend",
      "type": "app",
      "managed": true,
      "status": "healthy",
      "serves": true,
      "ready": 2,
      "desired": 2,
      "version": "2.4.0",
      "since": "2026-11-22T19:17:26.986539Z",
      "checkedAt": "2026-11-22T19:53:03.916795Z",
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2130217,
          "percent": 100
        }
      ]
    },
    {
      "name": "frontend",
      "type": "app",
      "managed": true,
      "status": "healthy",
      "serves": true,
      "ready": 2,
      "desired": 2,
      "version": "2.4.0",
      "since": "2026-11-22T19:17:26.986539Z",
      "checkedAt": "2026-11-22T19:53:03.916795Z",
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2130217,
          "percent": 100
        }
      ]
    },
    {
      "name": "backup",
      "type": "custom",
      "managed": true,
      "status": "healthy",
      "kind": "command",
      "figure": "newest backup is 3h old",
      "responseTime": 2,
      "since": "2026-11-22T19:17:10.269556Z",
      "checkedAt": "2026-11-22T19:53:11.647298Z",
      "metadata": {
        "exitCode": 0,
        "output": "newest backup is 3h old"
      },
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2095254,
          "percent": 100
        }
      ]
    },
    {
      "name": "cache",
      "type": "cache",
      "managed": true,
      "status": "unhealthy",
      "kind": "tcp",
      "message": "the connection was refused",
      "responseTime": 0,
      "since": "2026-11-22T19:17:16.144389Z",
      "checkedAt": "2026-11-22T19:53:15.069194Z",
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2127926,
          "percent": 0
        }
      ]
    },
    {
      "name": "cdn",
      "type": "cdn",
      "managed": true,
      "status": "healthy",
      "kind": "http",
      "figure": "OK",
      "responseTime": 0,
      "since": "2026-11-22T19:17:10.42543Z",
      "checkedAt": "2026-11-22T19:53:14.225534Z",
      "metadata": {
        "httpStatus": 200
      },
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2133742,
          "percent": 100
        }
      ]
    },
    {
      "name": "database",
      "type": "database",
      "managed": true,
      "status": "healthy",
      "kind": "tcp",
      "responseTime": 0,
      "since": "2026-11-22T19:17:10.892048Z",
      "checkedAt": "2026-11-22T19:53:19.484619Z",
      "uptime": [
        {
          "window": 2592000000,
          "observed": 2144893,
          "percent": 100
        }
      ]
    },
    {
      "name": "storage",
      "type": "storage",
      "managed": false,
      "status": "unknown"
    }
  ],
  "uptime": [
    {
      "window": 86400000,
      "observed": 2130198,
      "percent": 100
    },
    {
      "window": 604800000,
      "observed": 2130217,
      "percent": 100
    },
    {
      "window": 2592000000,
      "observed": 2130217,
      "percent": 100
    }
  ],
  "changes": [
    {
      "id": "01a204b1-214a-7885-8578-0acc84e9ea1c",
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "serviceName": "frontend",
      "status": "healthy",
      "checkedAt": "2026-11-22T19:17:26.986539Z"
    },
    {
      "id": "01a204b1-214a-7878-8fcf-406adb50c023",
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "serviceName": "backend",
      "status": "healthy",
      "checkedAt": "2026-11-22T19:17:26.986539Z"
    }
  ],
  "alerts": [
    {
      "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
      "environment": "production",
      "name": "cache-down",
      "when": "services.cache.status == \"unhealthy\"",
      "state": "firing",
      "since": "2026-11-22T19:17:22.251445Z",
      "summary": "score 75, cache is unhealthy"
    }
  ]
};

export const live: Schema<'Live'> = {
  "project": "sunday",
  "host": "sunday.localhost",
  "epoch": 1,
  environment,
  "since": "2026-11-22T19:17:25.751009Z",
  "by": "admin",
  "others": [
    {
      "environmentId": "01a204b0-dc6f-72e7-a65b-6136ccd67fd5",
      "environment": "development",
      "version": "2.0.0",
      "ready": true
    },
    {
      "environmentId": "01a204b0-dc6e-7eb8-aa0d-22b32c909027",
      "environment": "staging",
      "version": "2.4.0",
      "ready": true
    },
    {
      "environmentId": "01a204b0-dc6d-7e5f-b209-889f12900f0e",
      "environment": "standby",
      "version": "2.0.0",
      "ready": true
    }
  ]
};

export const scaling: Schema<'Operation'> = {
  "id": "01a204d1-fac7-7f02-96ef-1f6fbdf7907d",
  "kind": "scale",
  "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
  "environmentId": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
  "status": "pending",
  "phase": "forward",
  "replicas": {
    "backend": 3
  },
  "priority": 0,
  "locks": [
    "env:01a204b0-dc6e-7a45-aad6-7fba08a26914"
  ],
  "steps": [
    {
      "seq": 1,
      "phase": "forward",
      "name": "prepare-instances",
      "kind": "prepare",
      "do": {
        "revision": "01a204c0-6511-77f1-afb7-598111506dcf"
      },
      "status": "pending",
      "attempts": 0,
      "duration": 0
    },
    {
      "seq": 2,
      "phase": "forward",
      "name": "scale/backend",
      "kind": "start",
      "do": {
        "revision": "01a204c0-6511-77f1-afb7-598111506dcf",
        "service": "backend",
        "group": "backend-30c61ee3d402",
        "replicas": 3
      },
      "status": "pending",
      "attempts": 0,
      "duration": 0
    },
    {
      "seq": 3,
      "phase": "forward",
      "name": "await-healthy/backend",
      "kind": "await_healthy",
      "do": {
        "revision": "01a204c0-6511-77f1-afb7-598111506dcf",
        "service": "backend",
        "group": "backend-30c61ee3d402",
        "replicas": 3,
        "timeout": 5000
      },
      "status": "pending",
      "attempts": 0,
      "duration": 0
    }
  ],
  "createdAt": "2026-11-22T19:53:19.815984Z",
  "createdBy": "admin"
};

export const metrics: Schema<'EnvironmentMetrics'> = {
  "rangeMs": 3600000,
  "from": "2026-11-22T18:53:00Z",
  "until": "2026-11-22T19:53:19.616747Z",
  "stepMs": 60000,
  "covered": 0.5991059114206823,
  "total": {
    "requests": 4415,
    "errors": 0,
    "errorRate": 0,
    "requestsPerSecond": 2.035937839632479,
    "latency": {
      "p50": 0.4595,
      "p95": 4.5435,
      "p99": 24.8315
    },
    "activeUsers": 31,
    "bytesIn": 0,
    "bytesOut": 3515069,
    "restarts": 0,
    "logBytes": 904431,
    "cpu": {
      "average": 0.0016480418325557993,
      "peak": 0.012,
      "of": 2,
      "percent": 0.08240209162778997
    },
    "memory": {
      "average": 57766106.04085865,
      "peak": 83169280,
      "of": 25276510174.149418,
      "percent": 0.228536715087895
    },
    "storage": {
      "bytes": 964548,
      "of": 270553174016,
      "free": 23747452928,
      "percent": 91.22263007470923
    }
  },
  "services": [],
  "revisions": [],
  "series": [
    {
      "at": "2026-11-22T19:51:00Z",
      "covered": 1,
      "requests": 111,
      "errors": 0,
      "errorRate": 0,
      "requestsPerSecond": 1.8499383353888204,
      "latency": {
        "p50": 0.5355,
        "p95": 5.0555,
        "p99": 14.2075
      },
      "activeUsers": 30,
      "bytesIn": 0,
      "bytesOut": 96521,
      "cpu": 0.0018168180681723478,
      "memory": 76024494.30785899,
      "restarts": 0,
      "logBytes": 22631
    },
    {
      "at": "2026-11-22T19:52:00Z",
      "covered": 0.9999666666666667,
      "requests": 122,
      "errors": 0,
      "errorRate": 0,
      "requestsPerSecond": 2.033401113370446,
      "latency": {
        "p50": 0.4355,
        "p95": 2.0795,
        "p99": 9.3435
      },
      "activeUsers": 30,
      "bytesIn": 0,
      "bytesOut": 107932,
      "cpu": 0.0025170442233001617,
      "memory": 76252436.26543982,
      "restarts": 0,
      "logBytes": 24819
    },
    {
      "at": "2026-11-22T19:53:00Z",
      "covered": 0.3290131700833333,
      "requests": 44,
      "errors": 0,
      "errorRate": 0,
      "requestsPerSecond": 2.2288874732509725,
      "latency": {
        "p50": 0.3795,
        "p95": 0.6475,
        "p99": 1.9675
      },
      "activeUsers": 24,
      "bytesIn": 0,
      "bytesOut": 31599,
      "cpu": 0.002381193636639984,
      "memory": 47931946.90444827,
      "restarts": 0,
      "logBytes": 10299
    }
  ],
  "logs": {
    "today": 904431,
    "services": {
      "backend": 725179,
      "frontend": 179252
    }
  }
};

