package lockstep

import "math"

// How much a service counts in the health score.
const (
	weightServes     = 4 // an app service that users' requests go to
	weightApp        = 2 // another app service
	weightDependency = 1
)

// HealthScore is 100 × the weighted mean of how well the services are: 1
// where healthy, ½ where a warning, 0 where unhealthy; of an app service the
// share of its instances that are ready. What is unmanaged, disabled or
// unknown does not count; ok is false where nothing counts. Worst is the service that
// costs most, "" where the score is 100; the first of several.
func HealthScore(services []ServiceHealth) (score int, worst string, ok bool) {
	var sum, weights, most float64
	for _, s := range services {
		value, counts := s.value()
		if !counts {
			continue
		}
		sum += s.weight() * value
		weights += s.weight()
		if cost := s.weight() * (1 - value); cost > most {
			most, worst = cost, s.Name
		}
	}
	if weights == 0 {
		return 0, "", false
	}
	score = int(math.Round(100 * sum / weights))
	if worst != "" {
		score = min(score, 99) // 100 means that nothing is wrong
	}
	return score, worst, true
}

// WorstHealth is the worst state among the managed services; unknown where
// none is known.
func WorstHealth(services []ServiceHealth) HealthStatus {
	worst := HealthUnknown
	for _, s := range services {
		if _, counts := s.value(); !counts {
			continue
		}
		switch {
		case s.Status == HealthUnhealthy:
			return HealthUnhealthy
		case s.Status == HealthWarning || worst == HealthUnknown:
			worst = s.Status
		}
	}
	return worst
}

// InOneWord is how an environment is whose services are like that, and which
// is meant to run; seen says that its host can be.
func (h HealthSummary) InOneWord(services []ServiceHealth, seen bool) string {
	worst := WorstHealth(services)
	switch {
	case seen && h.Ready == 0 && h.Desired > 0:
		return WellDown
	case worst == HealthUnhealthy:
		return WellUnhealthy
	case !seen:
		return WellUnknown
	case worst == HealthWarning || h.Ready < h.Desired:
		return WellDegraded
	}
	return WellHealthy
}

func (s ServiceHealth) value() (v float64, counts bool) {
	if s.Disabled || !s.Managed || s.Status == HealthUnknown || s.Type == ServiceApp && s.Desired == 0 {
		return 0, false
	}
	if s.Type == ServiceApp {
		return float64(min(s.Ready, s.Desired)) / float64(s.Desired), true
	}
	switch s.Status {
	case HealthHealthy:
		return 1, true
	case HealthWarning:
		return 0.5, true
	case HealthUnhealthy, HealthUnknown:
	}
	return 0, true
}

func (s ServiceHealth) weight() float64 {
	switch {
	case s.Type != ServiceApp:
		return weightDependency
	case s.Serves:
		return weightServes
	default:
		return weightApp
	}
}
