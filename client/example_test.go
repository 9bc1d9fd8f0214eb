package client_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/lockstep-dev/lockstep/client"
)

// An app reads its configuration, and starts with the copy of it when the
// server is away.
func ExampleOpenAppConfig() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"1"`)
		_, _ = io.WriteString(w, `{"environmentId": "e1", "environment": "staging", "config": 7, "services": {"backend": {"env": {"COLOUR": "green"}}}}`)
	}))
	dir, err := os.MkdirTemp("", "example-*")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c, err := client.New(client.Options{Server: server.URL, Token: os.Getenv("LOCKSTEP_TOKEN")})
	if err != nil {
		fmt.Println(err)
		return
	}
	options := client.AppOptions{
		Client: c, Environment: "staging", Service: "backend",
		FallbackFile: filepath.Join(dir, "config"), Patience: time.Second,
		Changed: func(before, after client.AppState) {
			fmt.Println("COLOUR was", before.Env["COLOUR"], "and is", after.Env["COLOUR"])
		},
	}
	for range 2 {
		config, err := client.OpenAppConfig(context.Background(), options)
		if err != nil {
			fmt.Println(err)
			return
		}
		// go config.Watch(ctx) keeps it fresh.
		colour, _ := config.Get("COLOUR")
		fmt.Println(colour, "of configuration", config.State().Config, "fallback:", config.State().Fallback)
		server.Close() // and from now on it is away
	}
	// Output:
	// green of configuration 7 fallback: false
	// green of configuration 7 fallback: true
}
