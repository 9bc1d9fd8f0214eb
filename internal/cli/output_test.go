package cli

import (
	"bytes"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	tab := table{head: []string{"", "NAME", "NOTE"}}
	tab.add(paint{on: true}.good("●"), "a", "")
	tab.add("○", "größer", "x")
	tab.write(&out)
	want := "   NAME    NOTE\n" + paint{on: true}.good("●") + "  a\n○  größer  x\n"
	if got := out.String(); got != want {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

func TestPairsLeaveOutWhatIsEmpty(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	pairs(&out, "name", "web", "a longer one", "", "address", "one", "", "two")
	want := "name     web\naddress  one\n         two\n"
	if got := out.String(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
