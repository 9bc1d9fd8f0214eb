package policy

import "github.com/lockstep-dev/lockstep"

func toggle(action Action, service string) Question {
	q := deploy()
	q.Action, q.Service = action, service
	q.Offers = []lockstep.ServiceSpec{
		{Name: "backend", Routes: []string{"/api"}},
		{Name: "cron", DependsOn: []string{"worker"}},
		{Name: "frontend", Routes: []string{"/"}, DependsOn: []string{"backend", "database"}},
		{Name: "worker"},
	}
	return q
}
