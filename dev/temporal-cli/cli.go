//go:build tools

// Keeps the Temporal CLI in go.mod, so that `go build -mod=readonly` builds exactly the version that go.sum names.
package tools

import _ "github.com/temporalio/cli/cmd/temporal"
