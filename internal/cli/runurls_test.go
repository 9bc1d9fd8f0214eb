package cli

import (
	"maps"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestAddressesOfTheServicesThatOneCalls(t *testing.T) {
	t.Parallel()
	var asked []string
	reached := func(address string) bool {
		asked = append(asked, address)
		return address == "http://localhost:1/"
	}
	status := lockstep.StatusReport{
		Addresses: []string{"http://away.example.com", "http://localhost:1/"},
		Revision: &lockstep.Revision{Content: lockstep.RevisionContent{Services: []lockstep.ServiceSpec{
			{Name: "page", Routes: []string{"/"}, DependsOn: []string{"back-end", "mailer", "search", "queue"}},
			{Name: "back-end", Routes: []string{"/api"}},
			{Name: "mailer"},
			{Name: "search", Routes: []string{"/search"}},
			{Name: "queue", Routes: []string{"/queue"}},
		}}},
	}
	set := map[string]string{"QUEUE_URL": "amqp://queue"}
	urls, missing := urlsOf(status, "page", set, reached)
	if want := map[string]string{"BACK_END_URL": "http://localhost:1", "SEARCH_URL": "http://localhost:1"}; !maps.Equal(urls, want) || !slices.Equal(missing, []string{"MAILER_URL"}) {
		t.Errorf("%v, without %v", urls, missing)
	}
	if !slices.Equal(asked, status.Addresses) {
		t.Errorf("asked %v", asked)
	}
	if urls, missing := urlsOf(status, "mailer", set, reached); len(urls)+len(missing) > 0 {
		t.Errorf("it calls nobody: %v, %v", urls, missing)
	}
	now := time.Now()
	status.StoppedAt = &now
	if urls, missing := urlsOf(status, "page", set, reached); len(urls) > 0 || len(missing) != 3 {
		t.Errorf("nothing runs: %v, %v", urls, missing)
	}
}

func TestWhatAnswersFromHere(t *testing.T) {
	t.Parallel()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + ln.Addr().String()
	if !answers(t.Context(), address) {
		t.Error("it listens")
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{address, "http://nowhere.invalid", "nonsense"} {
		if answers(t.Context(), address) {
			t.Errorf("%s answers", address)
		}
	}
}
