package matrix

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// problems collects what is wrong with a file.
type problems struct {
	src     *source
	list    []problem
	dropped int // beyond maxProblems
}

type problem struct {
	offset int
	hide   bool // the line may hold a password: leave its value out of the excerpt
	lockstep.Problem
}

func (p *problems) add(offset int, field, suggestion, format string, args ...any) {
	p.put(problem{offset: offset, Problem: lockstep.Problem{
		Field: field, Message: fmt.Sprintf(format, args...), Suggestion: suggestion,
	}})
}

// addHidden is add for a line whose value must not be shown.
func (p *problems) addHidden(offset int, field, suggestion, message string) {
	p.put(problem{offset: offset, hide: true, Problem: lockstep.Problem{
		Field: field, Message: message, Suggestion: suggestion,
	}})
}

func (p *problems) put(one problem) {
	if len(p.list) == maxProblems {
		p.dropped++
		return
	}
	p.list = append(p.list, one)
}

func (p *problems) count() int { return len(p.list) + p.dropped }

// err is nil where nothing is wrong, and otherwise one error that holds every
// problem, in the order of the file.
func (p *problems) err(file string) error {
	if len(p.list) == 0 {
		return nil
	}
	slices.SortStableFunc(p.list, func(a, b problem) int { return cmp.Compare(a.offset, b.offset) })
	out := &lockstep.Error{Code: lockstep.CodeInvalid, Message: fmt.Sprintf("%s has %s", file, mistakes(len(p.list)+p.dropped))}
	secret := map[int]bool{} // lines of which no problem shows more
	for _, one := range p.list {
		if line, _ := p.src.position(one.offset); one.hide {
			secret[line] = true
		}
	}
	for _, one := range p.list {
		one.Line, one.Column = p.src.position(one.offset)
		one.Excerpt = p.src.excerpt(one.offset, secret[one.Line])
		out.Problems = append(out.Problems, one.Problem)
	}
	if p.dropped > 0 {
		last := &out.Problems[len(out.Problems)-1]
		last.Message += fmt.Sprintf(" (and %s more, not shown)", mistakes(p.dropped))
	}
	return out
}

func mistakes(n int) string {
	if n == 1 {
		return "1 mistake"
	}
	return fmt.Sprintf("%d mistakes", n)
}
