package storetest

import (
	"testing"

	"github.com/lockstep-dev/lockstep/internal/store"
)

// Opened is an empty database, closed and removed with its test.
type Opened struct {
	Store *store.Store
	// Again opens the same database as a second server would; nil where a
	// database belongs to one server.
	Again func(testing.TB) *store.Store
}

// An Opener makes an empty database; the options come without a place.
type Opener func(tb testing.TB, options store.Options) Opened

// Run runs the suite.
func Run(t *testing.T, open Opener) {
	for name, test := range map[string]func(*testing.T, Opener){
		"transactions": testTransactions,
		"queue":        testQueue,
		"leases":       testLeases,
		"holdups":      testHoldups,
		"journal":      testJournal,
		"outcomes":     testOutcomes,
		"quarantines":  testQuarantines,
		"warm sides":   testWarmSides,
		"timing":       testTiming,
		"schedules":    testSchedules,
		"templates":    testTemplates,
		"variables":    testVariables,
		"health":       testHealth,
		"monitored":    testMonitored,
		"duties":       testDuties,
		"events":       testEvents,
		"history":      testHistory,
		"retention":    testRetention,
		"figures":      testFigures,
		"lists":        testLists,
		"values":       testValues,
		"names":        testNames,
		"access":       testAccess,
		"answers":      testAnswers,
		"secrets":      testSecrets,
		"keysets":      testKeysets,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open)
		})
	}
}

// rule is one test with a database of its own.
type rule struct {
	name string
	test func(*testing.T, *world)
}

func runRules(t *testing.T, open Opener, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, open(t, store.Options{}))
			r.test(t, w)
			w.sound()
		})
	}
}
