package policy

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// toProduction is a switch from blue to production, whose matrix wants an
// approval of it.
func toProduction() Question {
	q := deploy()
	q.Action, q.Environment.Spec.SwitchApproval = Switch, true
	q.Live = &LiveAddress{
		Project: lockstep.Project{ID: "p1", Name: "shop", CurrentID: "e0", CurrentEpoch: 4},
		From:    &lockstep.Environment{ID: "e0", Name: "blue", Spec: lockstep.EnvironmentSpec{Runtime: lockstep.RuntimeProcess}},
	}
	return q
}

func asked() *lockstep.Switch {
	return &lockstep.Switch{FromID: "e0", ToID: "e1", To: "production", Epoch: 4, RevisionID: "r2", RevisionHash: "sha256:0f6955024dd8aaaa", Version: "2.1.0"}
}

// approving is somebody's word on such a switch.
func approving() Question {
	q := toProduction()
	q.Action, q.Live.Want = Approve, asked()
	q.Operation = &lockstep.Operation{ID: "s1", Kind: lockstep.OperationSwitch, Status: lockstep.StatusPendingApproval, Switch: q.Live.Want}
	return q
}

func TestSwitchesWaitForApproval(t *testing.T) {
	t.Parallel()
	claimed := func(q *Question) {
		q.Claimed, q.Live.Want, q.Approver = true, asked(), "bo"
		q.Live.Want.ApprovedBy = "bo"
	}
	decides(t, []decision{
		{
			"the matrix wants it", toProduction(),
			"switch of shop to production waits for an approval: the matrix requires an approval of switches to production", "",
		},
		{
			"of deployments only", with(toProduction(), func(q *Question) {
				q.Environment.Spec.SwitchApproval, q.Environment.Spec.ApprovalRequired = false, true
			}), "switch of shop to production is allowed", "",
		},
		{
			"of switches only, and a deployment", with(deploy(), func(q *Question) { q.Environment.Spec.SwitchApproval = true }),
			"deploy of 2.1.0 to production is allowed", "",
		},
		{"a drill", with(toProduction(), func(q *Question) { q.Live.Drill = true }), "switch of shop to production is allowed", ""},
		{
			"the way back of what is adrift", with(toProduction(), func(q *Question) { q.Live.Project.CurrentID, q.Live.Project.AdriftID = "e1", "e0" }),
			"switch of shop to production is allowed: production requires approvals of switches; the way back to it goes without, and is recorded", "",
		},
		{"approved", with(toProduction(), claimed), "switch of shop to production is allowed: approved by bo", ""},
		{
			"not approved at the claim", with(toProduction(), func(q *Question) { q.Claimed, q.Live.Want = true, asked() }),
			"switch of shop to production is refused: production has come to require an approval of switches since this was requested: switch again", lockstep.CodeRefused,
		},
		{
			"approved, and the address has moved", with(toProduction(), func(q *Question) { claimed(q); q.Live.Project.CurrentEpoch = 5 }),
			"switch of shop to production is refused: it was asked for from epoch 4, and blue is current (epoch 5 now)", lockstep.CodeConflict,
		},
		{
			"approved, and another revision came", with(toProduction(), func(q *Question) { claimed(q); q.Environment.ActiveID = "r3" }),
			"switch of shop to production is refused: it was asked for to lead to 2.1.0 (revision 0f6955024dd8), and another revision runs in production by now: switch again", lockstep.CodeConflict,
		},
		{
			"not approved, and another revision came", with(toProduction(), func(q *Question) {
				q.Claimed, q.Live.Want, q.Environment.ActiveID, q.Environment.Spec.SwitchApproval = true, asked(), "r3", false
			}), "switch of shop to production is allowed", "",
		},
		{"an approval", approving(), "approve of switch s1 (to production) is allowed", ""},
		{
			"an approval from another epoch", with(approving(), func(q *Question) { q.Live.Project.CurrentEpoch = 5 }),
			"approve of switch s1 (to production) is refused: it was asked for from epoch 4, and blue is current (epoch 5 now)", lockstep.CodeConflict,
		},
		{
			"an approval of another revision", with(approving(), func(q *Question) { q.Environment.ActiveID = "r3" }),
			"approve of switch s1 (to production) is refused: it was asked for to lead to 2.1.0 (revision 0f6955024dd8), and another revision runs in production by now: switch again", lockstep.CodeConflict,
		},
		{
			"an approval twice", with(approving(), func(q *Question) {
				q.Operation.Status, q.Operation.Switch.ApprovedBy, q.Live.Switching = lockstep.StatusPending, "bo", q.Operation
			}), "approve of switch s1 (to production) is refused: it is pending, and was approved by bo", lockstep.CodeConflict,
		},
		{"a rejection from another epoch", with(approving(), func(q *Question) {
			q.Action, q.Live.Want, q.Live.Project.CurrentEpoch = Reject, nil, 5
		}), "reject of switch s1 (to production) is allowed", ""},
	})
}

// Where nobody knows who has the users nothing decides it on the side; a
// deployment does where somebody insists.
func TestNothingRoutesWhatIsAdrift(t *testing.T) {
	t.Parallel()
	adrift := &Adrift{Host: "shop.localhost", Current: "production", To: "standby"}
	where := "a switch to standby failed and could not be taken back, so that shop.localhost may lead to production or to standby"
	text := where + ", and this would move users on the side: lead it to one of them first, with lockstep switch production or lockstep switch standby"
	decides(t, []decision{
		{
			"a deployment", with(deploy(), func(q *Question) { q.Adrift = adrift }),
			"deploy of 2.1.0 to production is refused: " + text + "; where neither is possible, --force with a --reason takes it to production", lockstep.CodeConflict,
		},
		{
			"a forced one", with(deploy(), func(q *Question) { q.Adrift, q.Force, q.Reason = adrift, true, "standby is dead" }),
			"deploy of 2.1.0 to production is allowed: " + where + "; this takes it to production (forced: standby is dead)", "",
		},
		{
			"a forced one to where users may be", with(deploy(), func(q *Question) {
				q.Adrift, q.Force, q.Reason, q.Environment.Name = adrift, true, "it is broken", "standby"
			}), "deploy of 2.1.0 to standby is refused: " + text, lockstep.CodeConflict,
		},
		{
			"a rollback", with(rollback(), func(q *Question) { q.Adrift = adrift }),
			"rollback of production to 2.0.0 is refused: " + text, lockstep.CodeConflict,
		},
	})
	for _, action := range []Action{Restore, Stop, Scale, MaintenanceOn, Destroy, Retire, Promote} {
		a := Decide(with(deploy(), func(q *Question) { q.Action, q.Adrift = action, adrift }))
		found := false
		for _, r := range a.Reasons {
			found = found || r.Code == ReasonAdrift
		}
		if a.Allowed || !found {
			t.Errorf("%s: %s", action, a)
		}
	}
}
