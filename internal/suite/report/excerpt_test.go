package report

import (
	"fmt"
	"strings"
	"testing"
)

func TestExcerptKeepsShortOutputWhole(t *testing.T) {
	t.Parallel()
	var e excerpt
	var want strings.Builder
	for want.Len() < 2*excerptHalf-100 {
		line := fmt.Sprintf("line at %d\n", want.Len())
		want.WriteString(line)
		e.add(line)
	}
	if e.String() != want.String() {
		t.Errorf("%d bytes went in, %d other ones came out", want.Len(), len(e.String()))
	}
}

func TestExcerptOfLongOutputKeepsBothEnds(t *testing.T) {
	t.Parallel()
	var e excerpt
	total := 0
	for i := range 1_000_000 {
		line := fmt.Sprintf("line %d\n", i)
		total += len(line)
		e.add(line)
	}
	got := e.String()
	if len(got) > 3*excerptHalf+100 {
		t.Errorf("kept %d bytes of %d", len(got), total)
	}
	if !strings.HasPrefix(got, "line 0\nline 1\n") || !strings.HasSuffix(got, "line 999999\n") {
		t.Errorf("an end is missing: %q … %q", got[:20], got[len(got)-20:])
	}
	before, after, found := strings.Cut(got, "\n[… ")
	count, after, _ := strings.Cut(after, " bytes left out …]\n")
	if !found || fmt.Sprint(total-len(before)-len(after)) != count {
		t.Errorf("says that %q bytes were left out of %d, keeping %d", count, total, len(before)+len(after))
	}
}
