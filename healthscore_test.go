package lockstep_test

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func TestHealthScore(t *testing.T) {
	t.Parallel()
	app := func(name string, ready, desired int, serves bool) lockstep.ServiceHealth {
		status := lockstep.HealthHealthy
		switch {
		case ready == 0:
			status = lockstep.HealthUnhealthy
		case ready < desired:
			status = lockstep.HealthWarning
		}
		return lockstep.ServiceHealth{Name: name, Type: lockstep.ServiceApp, Managed: true, Serves: serves, Ready: ready, Desired: desired, Status: status}
	}
	dependency := func(name string, status lockstep.HealthStatus) lockstep.ServiceHealth {
		return lockstep.ServiceHealth{Name: name, Type: lockstep.ServiceDatabase, Managed: true, Status: status}
	}
	unmanaged := lockstep.ServiceHealth{Name: "cdn", Type: lockstep.ServiceCDN, Status: lockstep.HealthUnhealthy}
	for name, c := range map[string]struct {
		services []lockstep.ServiceHealth
		score    int
		worst    string
		known    bool
		status   lockstep.HealthStatus
	}{
		"nothing":                     {status: lockstep.HealthUnknown},
		"nothing that counts":         {services: []lockstep.ServiceHealth{unmanaged, dependency("db", lockstep.HealthUnknown), app("idle", 0, 0, true)}, status: lockstep.HealthUnknown},
		"all well":                    {services: []lockstep.ServiceHealth{app("web", 2, 2, true), dependency("db", lockstep.HealthHealthy), unmanaged}, score: 100, known: true, status: lockstep.HealthHealthy},
		"half of what serves":         {services: []lockstep.ServiceHealth{app("web", 1, 2, true)}, score: 50, worst: "web", known: true, status: lockstep.HealthWarning},
		"more than wanted":            {services: []lockstep.ServiceHealth{app("web", 3, 2, true)}, score: 100, known: true, status: lockstep.HealthHealthy},
		"a dependency is down":        {services: []lockstep.ServiceHealth{app("web", 2, 2, true), dependency("db", lockstep.HealthUnhealthy)}, score: 80, worst: "db", known: true, status: lockstep.HealthUnhealthy},
		"a dependency warns":          {services: []lockstep.ServiceHealth{app("web", 2, 2, true), dependency("db", lockstep.HealthWarning)}, score: 90, worst: "db", known: true, status: lockstep.HealthWarning},
		"a worker is down":            {services: []lockstep.ServiceHealth{app("web", 1, 1, true), app("worker", 0, 1, false)}, score: 67, worst: "worker", known: true, status: lockstep.HealthUnhealthy},
		"what serves costs most":      {services: []lockstep.ServiceHealth{dependency("db", lockstep.HealthUnhealthy), app("web", 0, 1, true)}, score: 0, worst: "web", known: true, status: lockstep.HealthUnhealthy},
		"100 is only for all is well": {services: []lockstep.ServiceHealth{app("web", 999, 1000, true)}, score: 99, worst: "web", known: true, status: lockstep.HealthWarning},
	} {
		score, worst, known := lockstep.HealthScore(c.services)
		if score != c.score || worst != c.worst || known != c.known {
			t.Errorf("%s: got %d, %q, %t; want %d, %q, %t", name, score, worst, known, c.score, c.worst, c.known)
		}
		if got := lockstep.WorstHealth(c.services); got != c.status {
			t.Errorf("%s: the worst is %s, want %s", name, got, c.status)
		}
	}
}

func TestCheckedNeedsAWayToCheck(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]lockstep.CheckKind{
		"": "", "db.internal": "", "db.internal:5432": lockstep.CheckTCP, "tcp://h:1": lockstep.CheckTCP,
		"https://h/x": lockstep.CheckHTTP, "postgres://h/db": lockstep.CheckPostgreSQL, "rediss://h": lockstep.CheckRedis,
		"amqp://h:5672": lockstep.CheckTCP, "s3://bucket": "", "mongodb://h": "",
	} {
		got, ok := lockstep.DependencyRecord{Endpoint: endpoint}.Checked()
		if got.Kind != want || ok != (want != "") {
			t.Errorf("%q: %q, %t; want %q", endpoint, got.Kind, ok, want)
		}
	}
	d := lockstep.DependencyRecord{Check: &lockstep.CheckSpec{Kind: lockstep.CheckCommand, Command: []string{"true"}}}
	if c, ok := d.Checked(); !ok || c.Interval.Std() != lockstep.DefaultCheckInterval || c.UnhealthyAfter != lockstep.DefaultUnhealthyAfter {
		t.Errorf("a command needs no endpoint: %+v, %t", c, ok)
	}
	d.Check.Command = nil
	if _, ok := d.Checked(); ok {
		t.Error("a command without a command is checked")
	}
}

// One word for an environment, whoever asks.
func TestTheWordIsOfTheWorstThatCounts(t *testing.T) {
	t.Parallel()
	app := func(name string, ready, desired int) lockstep.ServiceHealth {
		s := lockstep.ServiceHealth{Name: name, Type: lockstep.ServiceApp, Managed: true, Ready: ready, Desired: desired, Status: lockstep.HealthHealthy}
		switch {
		case ready == 0:
			s.Status = lockstep.HealthUnhealthy
		case ready < desired:
			s.Status = lockstep.HealthWarning
		}
		return s
	}
	dependency := func(s lockstep.HealthStatus) lockstep.ServiceHealth {
		return lockstep.ServiceHealth{Name: "db", Type: lockstep.ServiceDatabase, Managed: true, Status: s}
	}
	unseen := lockstep.ServiceHealth{Name: "web", Type: lockstep.ServiceApp, Managed: true, Desired: 2, Status: lockstep.HealthUnknown}
	for name, tt := range map[string]struct {
		services []lockstep.ServiceHealth
		unseen   bool
		want     string
	}{
		"all well":                     {[]lockstep.ServiceHealth{app("web", 2, 2), dependency(lockstep.HealthHealthy)}, false, lockstep.WellHealthy},
		"not checked yet":              {[]lockstep.ServiceHealth{app("web", 2, 2), dependency(lockstep.HealthUnknown)}, false, lockstep.WellHealthy},
		"a dependency fails":           {[]lockstep.ServiceHealth{app("web", 2, 2), dependency(lockstep.HealthUnhealthy)}, false, lockstep.WellUnhealthy},
		"a dependency is at its limit": {[]lockstep.ServiceHealth{app("web", 2, 2), dependency(lockstep.HealthWarning)}, false, lockstep.WellDegraded},
		"fewer than wanted":            {[]lockstep.ServiceHealth{app("web", 1, 2), dependency(lockstep.HealthHealthy)}, false, lockstep.WellDegraded},
		"one of two services":          {[]lockstep.ServiceHealth{app("web", 2, 2), app("api", 0, 1)}, false, lockstep.WellUnhealthy},
		"none":                         {[]lockstep.ServiceHealth{app("web", 0, 2), app("api", 0, 1), dependency(lockstep.HealthUnhealthy)}, false, lockstep.WellDown},
		"nobody sees it":               {[]lockstep.ServiceHealth{unseen, dependency(lockstep.HealthHealthy)}, true, lockstep.WellUnknown},
		"unseen, and a dependency":     {[]lockstep.ServiceHealth{unseen, dependency(lockstep.HealthUnhealthy)}, true, lockstep.WellUnhealthy},
	} {
		var h lockstep.HealthSummary
		for _, s := range tt.services {
			if s.Type == lockstep.ServiceApp {
				h.Ready, h.Desired = h.Ready+s.Ready, h.Desired+s.Desired
			}
		}
		if got := h.InOneWord(tt.services, !tt.unseen); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
