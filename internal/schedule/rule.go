package schedule

import (
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/lockstep-dev/lockstep"
)

// Rule is a rule of cron in a time zone. Its zero value never fires.
type Rule struct {
	fields    *cron.SpecSchedule // on the wall, taken for UTC
	zone      *time.Location
	everyHour bool
}

// parser reads minute, hour, day of month, month and day of week, and @daily
// and its kin.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

const (
	maxRule    = 200
	example    = `write minute, hour, day of month, month and day of week, such as "0 2 * * 1-5" (Monday to Friday at 02:00), or @hourly, @daily, @weekly, @monthly`
	everyHours = 1<<24 - 1
)

// Parse reads a rule in a time zone. It refuses one that never fires.
func Parse(rule, zone string) (Rule, error) {
	location, err := Zone(zone)
	if err != nil {
		return Rule{}, err
	}
	rule = strings.TrimSpace(rule)
	switch {
	case rule == "":
		return Rule{}, lockstep.Invalid("rule", "there is no rule: %s", example)
	case len(rule) > maxRule:
		return Rule{}, lockstep.Invalid("rule", "the rule is longer than %d characters", maxRule)
	case strings.HasPrefix(rule, "TZ=") || strings.HasPrefix(rule, "CRON_TZ="):
		return Rule{}, lockstep.Invalid("rule", "rule %q: the time zone is said by itself (--tz)", rule)
	case strings.HasPrefix(rule, "@every"):
		return Rule{}, lockstep.Invalid("rule", `rule %q: a schedule goes by the clock on the wall: write "*/30 * * * *" for every half hour`, rule)
	}
	parsed, err := parser.Parse(rule)
	if err != nil {
		return Rule{}, lockstep.Invalid("rule", "rule %q: %s: %s", rule, plain(err), example)
	}
	fields, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return Rule{}, lockstep.Invalid("rule", "rule %q cannot be read: %s", rule, example)
	}
	fields.Location = time.UTC
	if fields.Next(someLeapYear).IsZero() {
		return Rule{}, lockstep.Invalid("rule", "rule %q never fires: no month of it has such a day", rule)
	}
	return Rule{fields: fields, zone: location, everyHour: fields.Hour&everyHours == everyHours}, nil
}

// someLeapYear is where it is tried out whether a rule fires at all.
var someLeapYear = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// plain is what the library says, in words about the rule.
func plain(err error) string {
	text := err.Error()
	switch {
	case strings.Contains(text, "expected exactly 5 fields"):
		return "it has other than five fields"
	case strings.Contains(text, "above maximum (6)"):
		return "days of the week are 0 (Sunday) to 6, or SUN to SAT"
	}
	return text
}
