package runtimetest

import (
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/runtime"
)

// Behaviour is what an instance of a service does once it was launched.
type Behaviour string

// The behaviours that the suite asks a Subject for.
const (
	Serves   Behaviour = "serves"   // becomes ready and stays so; ends when it is asked to
	Exits    Behaviour = "exits"    // ends at once, by itself, with status 3
	Hangs    Behaviour = "hangs"    // runs and never becomes ready
	Stubborn Behaviour = "stubborn" // becomes ready; does not end when it is asked to, only when it is killed
)

// JobBehaviour is what a job does.
type JobBehaviour string

// The behaviours of jobs.
const (
	JobSucceeds JobBehaviour = "succeeds" // writes "done <random>" and ends with status 0
	JobFails    JobBehaviour = "fails"    // writes "broken" and ends with status 3
	JobSleeps   JobBehaviour = "sleeps"   // runs for a minute
	JobFloods   JobBehaviour = "floods"   // writes a few MiB, then "the end", and ends with status 0
)

// Subject is one runtime under test, with nothing in it.
type Subject struct {
	Runtime runtime.Runtime

	// Spec makes a service that behaves so.
	Spec func(service string, b Behaviour) lockstep.ServiceSpec

	// Starts says how often the runtime launched each instance for a Start
	// (not because it had exited), by instance ID.
	Starts func(t *testing.T, environment string) map[string]int

	// Reopen lets whatever carries out the effects die without warning, and
	// is the runtime over what it had stored. Nil where nothing can die apart
	// from the tests.
	Reopen func(t *testing.T) runtime.Runtime

	// Job makes a job that behaves so. Nil where Runtime is no JobRunner.
	Job func(b JobBehaviour) runtime.Job
}

// Run runs the suite. open makes a fresh Subject and cleans up after itself.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	rules := []struct {
		name string
		rule func(*testing.T, *world)
	}{
		{"PrepareStartsNothing", prepareStartsNothing},
		{"PrepareAgainKeepsWhatRuns", prepareAgainKeepsWhatRuns},
		{"StartNeedsAPreparedGroup", startNeedsAPreparedGroup},
		{"StartMakesReplicasReady", startMakesReplicasReady},
		{"StartReturnsBeforeReadiness", startReturnsBeforeReadiness},
		{"StartOfADoneKeyStartsNothing", startOfADoneKeyStartsNothing},
		{"StartConvergesUpAndDown", startConvergesUpAndDown},
		{"StartInParallel", startInParallel},
		{"AnInstanceThatExitsIsStartedAgain", anInstanceThatExitsIsStartedAgain},
		{"AnInstanceThatHangsIsNeverReady", anInstanceThatHangsIsNeverReady},
		{"StopReturnsWhenGone", stopReturnsWhenGone},
		{"StopIsRepeatable", stopIsRepeatable},
		{"StopEndsTheStubborn", stopEndsTheStubborn},
		{"StoppedGroupsStartAgainAfterPrepare", stoppedGroupsStartAgainAfterPrepare},
		{"AnInterruptedStopIsFinishedByTheNext", anInterruptedStopIsFinishedByTheNext},
		{"EnvironmentsDoNotMix", environmentsDoNotMix},
		{"LowerFencesAreRefused", lowerFencesAreRefused},
		{"FencesAreOfOneEnvironment", fencesAreOfOneEnvironment},
		{"RemoveForgetsAllButTheFence", removeForgetsAllButTheFence},
		{"RemoveRefusesWhileGroupsRun", removeRefusesWhileGroupsRun},
		{"DeathKeepsFencesKeysAndInstances", deathKeepsFencesKeysAndInstances},
		{"JobRunsOnce", jobRunsOnce},
		{"JobReportsFailure", jobReportsFailure},
		{"JobEndsAtItsTimeout", jobEndsAtItsTimeout},
		{"JobOutputIsCapped", jobOutputIsCapped},
		{"JobHonoursTheFence", jobHonoursTheFence},
		{"JobOutputIsSeen", jobOutputIsSeen},
		{"LedgerBalances", ledgerBalances},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.rule(t, newWorld(t, open(t)))
		})
	}
}
