package traffictest

import (
	"testing"

	"github.com/lockstep-dev/lockstep/internal/runtime"
	"github.com/lockstep-dev/lockstep/internal/traffic"
)

// Subject is one router under test, without routings.
type Subject struct {
	Router traffic.Router

	// Serve makes one ready instance of a service that the router can lead
	// requests to, and names its group. The instance answers
	//
	//	GET /wait     when the next GET /release arrives
	//	GET /status/N with status N
	//	any other     with 200
	//
	// and the body of each answer is the service's name.
	Serve func(t *testing.T, call runtime.Call, service string) (group string)

	// URL is where requests from outside reach the environment, without a
	// slash at the end. Nil where Serve is nil.
	URL func(t *testing.T, environment string) string

	// Reopen lets whatever carries out the effects die without warning, and
	// is the router over what it had stored. Nil where nothing can die apart
	// from the tests.
	Reopen func(t *testing.T) traffic.Router
}

type rule struct {
	name string
	rule func(*testing.T, *world)
}

// Run runs the suite. open makes a fresh Subject and cleans up after itself.
func Run(t *testing.T, open func(t *testing.T) Subject) {
	t.Helper()
	run := func(rules []rule, requests bool) {
		for _, r := range rules {
			t.Run(r.name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, open(t))
				if requests && w.Serve == nil {
					t.Log("this router has no requests")
					return
				}
				r.rule(t, w)
			})
		}
	}
	run([]rule{
		{"GetIsTheZeroRoutingAtFirst", getIsTheZeroRoutingAtFirst},
		{"GetIsWhatWasSet", getIsWhatWasSet},
		{"SetReplacesTheWhole", setReplacesTheWhole},
		{"SetIsRepeatable", setIsRepeatable},
		{"TheZeroRoutingForgets", theZeroRoutingForgets},
		{"EnvironmentsDoNotMix", environmentsDoNotMix},
		{"LowerFencesAreRefused", lowerFencesAreRefused},
		{"DeathKeepsRoutingAndFence", deathKeepsRoutingAndFence},
		{"DrainOfNothingIsOver", drainOfNothingIsOver},
		{"TheHighestEpochHasTheLiveAddress", moving(theHighestEpochHasTheLiveAddress)},
		{"OlderEpochsAreRefused", moving(olderEpochsAreRefused)},
		{"OfManyMovesAtOnceOneIsMade", moving(ofManyMovesAtOnceOneIsMade)},
		{"DeathKeepsTheLiveAddress", moving(deathKeepsTheLiveAddress)},
		{"ADrillMovesNobody", moving(aDrillMovesNobody)},
	}, false)
	run([]rule{
		{"EveryRequestAfterSetFollowsIt", everyRequestAfterSetFollowsIt},
		{"PathsLeadToServicesOfOneRevision", pathsLeadToServicesOfOneRevision},
		{"WithoutWeightsNothingIsServed", withoutWeightsNothingIsServed},
		{"WhatIsDisabledIsAnsweredFor", whatIsDisabledIsAnsweredFor},
		{"InMaintenanceNobodyIsServed", inMaintenanceNobodyIsServed},
		{"AHoldEndsWithTheNextSet", aHoldEndsWithTheNextSet},
		{"DrainWaitsForRequestsInFlight", drainWaitsForRequestsInFlight},
		{"DrainEndsAtItsTimeout", drainEndsAtItsTimeout},
		{"StatsCountByRevision", statsCountByRevision},
		{"ClientsStay", clientsStay},
		{"TestersMeetTheNewRevision", testersMeetTheNewRevision},
		{"CopiesCostUsersNothing", copiesCostUsersNothing},
		{"SamplesCountApart", samplesCountApart},
		{"ProbeReachesARevisionWithoutWeight", probeReachesARevisionWithoutWeight},
		{"ProbeSaysWhyNoAnswerCame", probeSaysWhyNoAnswerCame},
		{"AProbeOfAHostIsAnswered", moving(aProbeOfAHostIsAnswered)},
		{"AddressesLeadThere", addressesLeadThere},
		{"DeathKeepsServing", deathKeepsServing},
	}, true)
}
