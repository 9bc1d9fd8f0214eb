package matrix

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// suggester finds the name that somebody meant. Comparing costs time that
// grows with the names, so a file has a budget; when it is used up, mistakes
// are still reported, without a suggestion.
type suggester struct{ spent int }

const suggestBudget = 2_000_000

// nearest is the candidate closest to name, or "" where none is close.
func (s *suggester) nearest(name string, candidates []string) string {
	const longest = 60
	if len(name) > longest || s.spent > suggestBudget {
		return ""
	}
	want := foldName(name)
	best, bestDistance := "", len(want)/5+2
	begun := "" // the candidate that name begins: prod, dev, mem
	for _, c := range candidates {
		s.spent += len(c) + 1
		if s.spent > suggestBudget {
			return best
		}
		have := foldName(c)
		if have == want {
			return c
		}
		if len(want) >= 3 && begun == "" && strings.HasPrefix(have, want) {
			begun = c
		}
		if abs(len(have)-len(want)) >= bestDistance {
			continue
		}
		if d := lockstep.EditDistance(want, have); d < bestDistance && d < max(len(want), len(have)) {
			best, bestDistance = c, d
		}
	}
	return cmp.Or(best, begun)
}

// didYouMean is nearest as a sentence, or "".
func (s *suggester) didYouMean(name string, candidates []string) string {
	if n := s.nearest(name, candidates); n != "" {
		return fmt.Sprintf("did you mean %s?", n)
	}
	return ""
}

// didYouMeanOr falls back to naming all candidates where they are few.
func (s *suggester) didYouMeanOr(name string, candidates []string) string {
	if hint := s.didYouMean(name, candidates); hint != "" {
		return hint
	}
	if len(candidates) == 0 || len(candidates) > 20 {
		return ""
	}
	return "use one of " + strings.Join(candidates, ", ")
}

// foldName makes spellings of one name equal: depends_on, depends-on, dependsOn.
func foldName(s string) string { return separators.Replace(strings.ToLower(s)) }

var separators = strings.NewReplacer("_", "", "-", "", " ", "")

func abs(n int) int { return max(n, -n) }
