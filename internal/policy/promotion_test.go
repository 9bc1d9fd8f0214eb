package policy

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

func promotion() Question {
	q := deploy()
	q.Action = Promote
	q.Environment.Metadata.Version = "2.0.0"
	q.Upstream = &Upstream{
		Environment: lockstep.Environment{ID: "e0", Name: "staging", Status: lockstep.EnvironmentActive, ActiveID: "r9"},
		Pipeline:    []string{"development", "staging", "production"},
		Deployment:  &lockstep.Deployment{ID: "d9", RevisionID: "r9", ValidationRequired: true},
		Health:      lockstep.HealthSummary{Status: "healthy", Ready: 2, Desired: 2},
	}
	return q
}

func TestPromotion(t *testing.T) {
	t.Parallel()
	decides(t, []decision{
		{"a promotion", promotion(), "promotion of 2.1.0 from staging to production is allowed", ""},
		{
			"a promotion of nothing", with(promotion(), func(q *Question) { q.Upstream.Environment.ActiveID, q.Target = "", nil }),
			"promotion from staging to production is refused: nothing runs in staging: deploy it there first", lockstep.CodeRefused,
		},
		{
			"a promotion of what runs", with(promotion(), func(q *Question) {
				q.Environment.Metadata.Version, q.Upstream.Deployment = "2.1.0", nil
			}),
			"promotion of 2.1.0 from staging to production is refused: production runs 2.1.0 already", lockstep.CodeConflict,
		},
		{
			"a forced promotion of what runs", with(promotion(), func(q *Question) { q.Environment.Metadata.Version, q.Force, q.Reason = "2.1.0", true, "x" }),
			"promotion of 2.1.0 from staging to production is refused: production runs 2.1.0 already", lockstep.CodeConflict,
		},
		{
			"a promotion to what has failed", with(promotion(), func(q *Question) {
				q.Environment.Metadata.Version, q.Environment.Status = "2.1.0", lockstep.EnvironmentFailed
			}),
			"promotion of 2.1.0 from staging to production is allowed", "",
		},
		{
			"a promotion past a stage", with(promotion(), func(q *Question) { q.Upstream.Environment.Name = "development" }),
			"promotion of 2.1.0 from development to production is refused: the pipeline leads to production from staging, not from development", lockstep.CodeRefused,
		},
		{
			"a promotion backwards", with(promotion(), func(q *Question) { q.Upstream.Pipeline = []string{"production", "staging"} }),
			"promotion of 2.1.0 from staging to production is refused: production is the first stage of the pipeline: nothing is promoted to it", lockstep.CodeRefused,
		},
		{
			"a promotion outside of the pipeline", with(promotion(), func(q *Question) { q.Upstream.Pipeline = []string{"development", "staging"} }),
			"promotion of 2.1.0 from staging to production is allowed", "",
		},
		{
			"a promotion from what is not active", with(promotion(), func(q *Question) { q.Upstream.Environment.Status = lockstep.EnvironmentDeploying }),
			"promotion of 2.1.0 from staging to production is refused: staging is deploying, not active", lockstep.CodeRefused,
		},
		{
			"a promotion without validation", with(promotion(), func(q *Question) { q.Upstream.Deployment.ValidationRequired = false }),
			"promotion of 2.1.0 from staging to production is refused: deployment d9 brought it to staging without validation: deploy it there again, with validation", lockstep.CodeRefused,
		},
		{
			"a promotion of what no deployment brought", with(promotion(), func(q *Question) { q.Upstream.Deployment.RevisionID = "r8" }),
			"promotion of 2.1.0 from staging to production is refused: no deployment that completed has brought what runs in staging: deploy it there again", lockstep.CodeRefused,
		},
		{
			"a promotion from what is degraded", with(promotion(), func(q *Question) {
				q.Upstream.Health = lockstep.HealthSummary{Status: "degraded", Ready: 1, Desired: 2}
			}),
			"promotion of 2.1.0 from staging to production is refused: staging is degraded: 1 of 2 instances ready", lockstep.CodeRefused,
		},
		{
			"a promotion from what wants no instances", with(promotion(), func(q *Question) { q.Upstream.Health = lockstep.HealthSummary{Status: "healthy"} }),
			"promotion of 2.1.0 from staging to production is refused: staging has no instances that could show anything", lockstep.CodeRefused,
		},
		{
			"a promotion from what cannot be seen", with(promotion(), func(q *Question) { q.Upstream.Unseen = "its agent cannot be reached" }),
			"promotion of 2.1.0 from staging to production is refused: whether staging is healthy is unknown: its agent cannot be reached", lockstep.CodeRefused,
		},
		{
			"a forced promotion", with(promotion(), func(q *Question) {
				q.Force, q.Reason, q.Upstream.Environment.Name, q.Upstream.Unseen, q.Quarantine = true, "the shop is down", "development", "away", quarantined(false)
			}),
			"promotion of 2.1.0 from development to production is allowed: the pipeline leads to production from staging, not from development (forced: the shop is down); " +
				"whether development is healthy is unknown: away (forced: the shop is down); " +
				"2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; it may run again: the shop is down", "",
		},
		{
			"a promotion of what was rolled back", with(promotion(), func(q *Question) { q.Quarantine = quarantined(false) }),
			"promotion of 2.1.0 from staging to production is refused: 2.1.0 (revision 0123456789ab) was rolled back in production by bo on 2026-03-01 09:30 UTC: too slow; to bring it back all the same, force it and say why (--force --reason)", lockstep.CodeRefused,
		},
		{
			"a force does not go past the matrix", with(promotion(), func(q *Question) { q.Force, q.Reason, q.Strategy = true, "x", lockstep.StrategyRecreate }),
			"promotion of 2.1.0 from staging to production is refused: strategy recreate is not allowed there (allowed: blue_green, canary)", lockstep.CodeRefused,
		},
		{
			"a promotion waits for an approval", with(promotion(), func(q *Question) { q.Environment.Spec.ApprovalRequired = true }),
			"promotion of 2.1.0 from staging to production waits for an approval: the matrix requires an approval for production", "",
		},
		{
			"a claimed promotion was proved when it was requested", with(promotion(), func(q *Question) {
				q.Claimed, q.Upstream.Unseen, q.Upstream.Environment.Status = true, "away", lockstep.EnvironmentFailed
			}),
			"promotion of 2.1.0 from staging to production is allowed", "",
		},
	})
}
