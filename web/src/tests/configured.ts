import type { Schema } from '~/api/client';

// What a server answered, shortened.

export const variables: Schema<'VariableList'> = {
  "environment": "staging",
  "project": "sunday",
  "version": 13,
  "running": 10,
  "hash": "sha256:7fa22825c033f48edd5a3bfd0fe00ccbb588e015e97b3b324e3d252df54ad321",
  "variables": [
    {
      "key": "API_URL",
      "value": "https://api.${LOCKSTEP_ENVIRONMENT}.example.com",
      "type": "string",
      "scope": "global",
      "sensitive": false,
      "required": false,
      "source": "inherited",
      "lastModified": "2026-11-22T19:09:32.286555Z",
      "modifiedBy": "admin",
      "level": "project",
      "owner": "sunday"
    },
    {
      "key": "CACHE_SIZE",
      "value": "2048",
      "type": "string",
      "scope": "global",
      "sensitive": false,
      "required": false,
      "source": "manual",
      "lastModified": "2026-11-22T19:09:47.863882Z",
      "modifiedBy": "admin",
      "level": "environment",
      "owner": "staging"
    },
    {
      "key": "DB_PASSWORD",
      "value": "[REDACTED]",
      "type": "string",
      "scope": "global",
      "sensitive": true,
      "required": false,
      "source": "inherited",
      "lastModified": "2026-11-22T19:09:47.935919Z",
      "modifiedBy": "admin",
      "level": "project",
      "owner": "sunday",
      "secretId": "01a204a9-e45d-7205-a122-05c0d05e1493",
      "secretVersion": 2
    },
    {
      "key": "LOG_LEVEL",
      "value": "info",
      "type": "string",
      "scope": "global",
      "sensitive": false,
      "required": false,
      "source": "inherited",
      "lastModified": "2026-11-22T19:09:32.286555Z",
      "modifiedBy": "admin",
      "level": "project",
      "owner": "sunday"
    },
    {
      "key": "MAX_UPLOAD_MB",
      "value": "20",
      "type": "number",
      "scope": "global",
      "sensitive": false,
      "required": false,
      "description": "what a person may send at once",
      "validation": {
        "min": 1,
        "max": 100
      },
      "source": "manual",
      "lastModified": "2026-11-22T19:09:32.952113Z",
      "modifiedBy": "admin",
      "level": "environment",
      "owner": "staging"
    },
    {
      "key": "LOG_LEVEL",
      "value": "debug",
      "type": "string",
      "scope": "service",
      "target": "backend",
      "sensitive": false,
      "required": false,
      "source": "manual",
      "lastModified": "2026-11-22T19:09:47.803216Z",
      "modifiedBy": "admin",
      "level": "environment",
      "owner": "staging"
    }
  ],
  "problems": []
};

export const environment: Schema<'Environment'> = {
  "id": "01a204a9-891e-7744-980a-356d452709a3",
  "projectId": "01a204a9-891d-76dd-91b5-ffbb604dac70",
  "project": "sunday",
  "name": "staging",
  "type": "staging",
  "status": "active",
  "description": "",
  "spec": {
    "runtime": "process",
    "validation": "standard",
    "approvalRequired": false,
    "replicas": {
      "backend": 3,
      "frontend": 1
    },
    "strategy": {
      "primary": "rolling"
    }
  },
  "hostId": "5d16af21-9d4b-467d-9024-7dda05eed111",
  "activeRevisionId": "01a204a9-fa64-752f-aff7-c28f1c28550e",
  "metadata": {
    "createdAt": "2026-11-22T19:09:09.278475Z",
    "createdBy": "admin",
    "version": "1.0.0",
    "lastDeployment": {
      "version": "1.0.0",
      "deployedAt": "2026-11-22T19:09:42.677942Z",
      "deployedBy": "admin",
      "deploymentId": "01a204a9-fa64-778e-b9a5-6dec1f6395fb"
    }
  },
  "createdAt": "2026-11-22T19:09:09.278475Z",
  "updatedAt": "2026-11-22T19:09:42.677942Z"
};

export const production: Schema<'Environment'> = {
  "id": "01a204a9-891e-7244-aa15-6a57cc8284b1",
  "projectId": "01a204a9-891d-76dd-91b5-ffbb604dac70",
  "project": "sunday",
  "name": "production",
  "type": "production",
  "status": "inactive",
  "description": "",
  "spec": {
    "runtime": "process",
    "validation": "comprehensive",
    "approvalRequired": true,
    "replicas": {
      "backend": 2,
      "frontend": 2
    },
    "strategy": {
      "primary": "rolling"
    }
  },
  "hostId": "5d16af21-9d4b-467d-9024-7dda05eed111",
  "metadata": {
    "createdAt": "2026-11-22T19:09:09.278148Z",
    "createdBy": "admin",
    "version": ""
  },
  "behind": {
    "environment": "staging",
    "releases": 1,
    "newest": "1.0.0"
  },
  "createdAt": "2026-11-22T19:09:09.278148Z",
  "updatedAt": "2026-11-22T19:51:06.358802Z"
};

export const explanations: Schema<'ListExplanation'> = {
  "items": [
    {
      "key": "LOG_LEVEL",
      "service": "backend",
      "value": "debug",
      "type": "string",
      "said": [
        {
          "key": "LOG_LEVEL",
          "value": "debug",
          "type": "string",
          "scope": "service",
          "target": "backend",
          "sensitive": false,
          "required": false,
          "source": "manual",
          "lastModified": "2026-11-22T19:09:47.803216Z",
          "modifiedBy": "admin",
          "level": "environment",
          "owner": "staging",
          "wins": true
        },
        {
          "key": "LOG_LEVEL",
          "value": "info",
          "type": "string",
          "scope": "service",
          "target": "backend",
          "sensitive": false,
          "required": false,
          "source": "import",
          "lastModified": "0001-01-01T00:00:00Z",
          "modifiedBy": "",
          "level": "project",
          "owner": "sunday",
          "wins": false,
          "why": "environment wins over project"
        },
        {
          "key": "LOG_LEVEL",
          "value": "info",
          "type": "string",
          "scope": "global",
          "sensitive": false,
          "required": false,
          "source": "manual",
          "lastModified": "2026-11-22T19:09:32.286555Z",
          "modifiedBy": "admin",
          "level": "project",
          "owner": "sunday",
          "wins": false,
          "why": "environment wins over project"
        }
      ],
      "references": [],
      "problems": []
    },
    {
      "key": "LOG_LEVEL",
      "service": "frontend",
      "value": "info",
      "type": "string",
      "said": [
        {
          "key": "LOG_LEVEL",
          "value": "info",
          "type": "string",
          "scope": "global",
          "sensitive": false,
          "required": false,
          "source": "manual",
          "lastModified": "2026-11-22T19:09:32.286555Z",
          "modifiedBy": "admin",
          "level": "project",
          "owner": "sunday",
          "wins": true
        }
      ],
      "references": [],
      "problems": []
    }
  ],
  "nextCursor": ""
};

export const report: Schema<'ConfigReport'> = {
  "environmentId": "01a204a9-891e-7744-980a-356d452709a3",
  "running": 10,
  "latest": 13,
  "version": {
    "id": "01a204aa-2021-724a-83e7-92ace8828365",
    "environmentId": "01a204a9-891e-7744-980a-356d452709a3",
    "number": 13,
    "document": {},
    "hash": "sha256:7fa22825c033f48edd5a3bfd0fe00ccbb588e015e97b3b324e3d252df54ad321",
    "author": "admin",
    "message": "project variable DB_PASSWORD",
    "createdAt": "2026-11-22T19:09:47.93715Z"
  },
  "general": {
    "debugMode": true,
    "displayName": "Staging",
    "region": "eu-west-1",
    "timezone": "Europe/Berlin"
  },
  "features": {
    "flags": {
      "checkout": {
        "description": "the new checkout",
        "enabled": true
      },
      "dark-mode": {
        "description": "a dark page",
        "enabled": false,
        "rollout": {
          "percent": 20
        }
      }
    }
  },
  "logging": {
    "level": "debug"
  },
  "backup": {
    "enabled": true,
    "retention": {
      "daily": 7
    },
    "schedule": "0 3 * * *"
  },
  "variables": [],
  "problems": []
};

export const difference: Schema<'EnvironmentDiff'> = {
  "source": {
    "id": "01a204a9-891e-7744-980a-356d452709a3",
    "name": "staging",
    "type": "staging",
    "release": "1.0.0",
    "configVersion": 13,
    "running": 10
  },
  "target": {
    "id": "01a204a9-891e-7244-aa15-6a57cc8284b1",
    "name": "production",
    "type": "production",
    "configVersion": 9
  },
  "base": {
    "syncId": "01a204cf-f13c-7efd-9d55-14f8d936763f",
    "at": "2026-11-22T19:51:06.358802Z",
    "by": "admin",
    "from": "staging",
    "to": "production"
  },
  "differences": [
    {
      "path": "general.timezone",
      "class": "unpromoted",
      "type": "modify",
      "source": "Europe/Berlin",
      "target": "UTC",
      "reason": "differs; which side changed is not recorded"
    },
    {
      "path": "release",
      "class": "unpromoted",
      "type": "add",
      "source": "1.0.0",
      "reason": "nothing runs in production"
    },
    {
      "path": "variables.CACHE_SIZE",
      "class": "unpromoted",
      "type": "modify",
      "source": "2048",
      "target": "1024",
      "reason": "changed in staging",
      "changedIn": "source",
      "lastModified": "2026-11-22T19:09:47.863882Z",
      "modifiedBy": "admin"
    },
    {
      "path": "variables.RETRIES",
      "class": "unpromoted",
      "type": "add",
      "source": "3",
      "reason": "changed in staging",
      "changedIn": "source",
      "lastModified": "2026-11-22T19:09:47.863882Z",
      "modifiedBy": "admin"
    },
    {
      "path": "variables.CACHE_SIZE",
      "class": "drifted",
      "type": "modify",
      "reason": "staging stores configuration 13 and runs 10",
      "environment": "staging",
      "stored": "2048",
      "running": "1024"
    },
    {
      "path": "variables.RETRIES",
      "class": "drifted",
      "type": "add",
      "reason": "staging stores configuration 13 and runs 10",
      "environment": "staging",
      "stored": "3"
    },
    {
      "path": "services.backend.replicas",
      "class": "intended",
      "type": "modify",
      "source": 3,
      "target": 2,
      "reason": "the matrix says how each environment is run"
    },
    {
      "path": "variables.LOG_FORMAT",
      "class": "intended",
      "type": "modify",
      "source": "json",
      "target": "logfmt",
      "reason": "it is said for type production"
    }
  ],
  "counts": {
    "unpromoted": 4,
    "drifted": 2,
    "intended": 2
  },
  "same": 10
};
