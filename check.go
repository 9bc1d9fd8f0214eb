package lockstep

import (
	"slices"
	"strings"
	"time"
)

// CheckKind is how it is seen whether a dependency is well.
type CheckKind string

// The kinds.
const (
	CheckHTTP          CheckKind = "http"          // answers 2xx or 3xx
	CheckTCP           CheckKind = "tcp"           // accepts a connection
	CheckCommand       CheckKind = "command"       // a program ends with 0
	CheckPostgreSQL    CheckKind = "postgresql"    // answers a query
	CheckRedis         CheckKind = "redis"         // answers INFO
	CheckRabbitMQ      CheckKind = "rabbitmq"      // its management API answers
	CheckS3            CheckKind = "s3"            // lists the bucket
	CheckElasticsearch CheckKind = "elasticsearch" // its cluster is not red
)

// CheckKinds lists the kinds.
func CheckKinds() []CheckKind {
	return []CheckKind{CheckHTTP, CheckTCP, CheckCommand, CheckPostgreSQL, CheckRedis, CheckRabbitMQ, CheckS3, CheckElasticsearch}
}

// CheckSpec is how a dependency is checked (A's healthCheck and monitoring of
// a service). Zeros mean the default named in each comment.
type CheckSpec struct {
	Kind           CheckKind   `json:"kind,omitempty"`    // from the endpoint's scheme
	Path           string      `json:"path,omitempty"`    // http: "/"; the others add it to the endpoint's
	Command        []string    `json:"command,omitempty"` // command: without a shell, on the server's machine
	Interval       Duration    `json:"interval,omitempty"`
	Timeout        Duration    `json:"timeout,omitempty"`
	HealthyAfter   int         `json:"healthyAfter,omitempty"`   // 1
	UnhealthyAfter int         `json:"unhealthyAfter,omitempty"` // 3
	User           string      `json:"user,omitempty"`           // of s3: the ID of the access key
	PasswordFile   string      `json:"passwordFile,omitempty"`   // a name in the server's folder of credentials, never a path
	Warn           CheckLimits `json:"warn,omitzero"`
}

// CheckLimits are figures beyond which what is well is a warning. Zeros say
// nothing.
type CheckLimits struct {
	LatencyAbove  Duration `json:"latencyAbove,omitempty"`
	PendingAbove  int      `json:"pendingAbove,omitempty"`  // rabbitmq: messages
	UsedAbove     string   `json:"usedAbove,omitempty"`     // s3: bytes, as 500Gi
	HitRatioBelow int      `json:"hitRatioBelow,omitempty"` // redis: percent
	ReplicasBelow int      `json:"replicasBelow,omitempty"` // postgresql
	NodesBelow    int      `json:"nodesBelow,omitempty"`    // elasticsearch
	ExpiresWithin Duration `json:"expiresWithin,omitempty"` // http over TLS: of the certificate; 14 days
}

// The defaults of a CheckSpec.
const (
	DefaultCheckInterval  = 10 * time.Second
	DefaultCheckTimeout   = 3 * time.Second
	DefaultHealthyAfter   = 1
	DefaultUnhealthyAfter = 3
	DefaultExpiresWithin  = 14 * 24 * time.Hour
)

// CheckKindOf is the kind that an endpoint's scheme says plainly; a bare
// host:port is asked for a connection. "" where the scheme says nothing.
func CheckKindOf(endpoint string) CheckKind {
	scheme, _, found := strings.Cut(endpoint, "://")
	if !found {
		if endpoint == "" || !strings.Contains(endpoint, ":") {
			return ""
		}
		return CheckTCP
	}
	switch strings.ToLower(scheme) {
	case "http", "https":
		return CheckHTTP
	case "postgres", "postgresql":
		return CheckPostgreSQL
	case "redis", "rediss":
		return CheckRedis
	case "tcp", "amqp", "amqps":
		return CheckTCP
	}
	return ""
}

// Checked is the check of a dependency with its defaults filled in; false
// where nothing says how it could be checked: it is unmanaged.
func (d DependencyRecord) Checked() (CheckSpec, bool) {
	var c CheckSpec
	if d.Check != nil {
		c = *d.Check
	}
	if c.Kind == "" {
		c.Kind = CheckKindOf(d.Endpoint)
	}
	known := slices.Contains(CheckKinds(), c.Kind)
	if !known || d.Endpoint == "" && c.Kind != CheckCommand || len(c.Command) == 0 && c.Kind == CheckCommand {
		return CheckSpec{}, false
	}
	orDuration(&c.Interval, DefaultCheckInterval)
	orDuration(&c.Timeout, DefaultCheckTimeout)
	orDuration(&c.Warn.ExpiresWithin, DefaultExpiresWithin)
	if c.HealthyAfter == 0 {
		c.HealthyAfter = DefaultHealthyAfter
	}
	if c.UnhealthyAfter == 0 {
		c.UnhealthyAfter = DefaultUnhealthyAfter
	}
	return c, true
}

func orDuration(d *Duration, def time.Duration) {
	if *d == 0 {
		*d = Duration(def)
	}
}
