package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"

	"github.com/djmessenger/messenger/internal/nearest"
)

// Refusal is one of the ways in which the platform refuses a call. Use it with [Fault]:
//
//	s.Fault(simulator.Fault{Error: simulator.RefusalNamed("token expired").GraphError()})
type Refusal struct {
	// Name is unique among [Refusals], such as "token expired".
	Name string
	// Meaning is what a bot has to make of it, such as "token", "rate limit (page)" or "window closed". Several refusals mean
	// the same.
	Meaning string
	// Code, Subcode, Type and Message are what the platform answers. Subcode is 0 where it sends none.
	Code    int
	Subcode int
	Type    string
	Message string
	// Status is the HTTP status. The platform's contract is Code.
	Status int
	// IsTransient is what the platform says of whether the fault passes.
	IsTransient bool
}

// GraphError returns the refusal as the answer to a call, a new one each time.
func (r Refusal) GraphError() *GraphError {
	return &GraphError{
		Message: r.Message, Type: r.Type, Code: r.Code, Subcode: r.Subcode, IsTransient: r.IsTransient, status: r.Status,
	}
}

// Refusals returns all that the simulator knows, in the order of their meanings.
func Refusals() []Refusal { return slices.Clone(refusals) }

// RefusalNamed returns the refusal with that name. It panics if there is none.
func RefusalNamed(name string) Refusal {
	at := slices.IndexFunc(refusals, func(r Refusal) bool { return r.Name == name })
	if at < 0 {
		panic(fmt.Sprintf("simulator: no refusal is named %q%s", name, nearestHint(name, refusalNames())))
	}
	return refusals[at]
}

func refusalNames() []string {
	names := make([]string, len(refusals))
	for i, r := range refusals {
		names[i] = r.Name
	}
	return names
}

// nearestHint names the known name that was probably meant, if there is one.
func nearestHint(name string, known []string) string {
	if near := nearest.Name(name, known); near != "" {
		return "; the nearest is " + near
	}
	return ""
}

// known answers as the platform does in a case that has a code of its own.
func known(name string) *GraphError { return RefusalNamed(name).GraphError() }

// tokenRefused is a refusal of the access token with a subcode, 0 for none.
func tokenRefused(subcode int) *GraphError {
	for _, r := range refusals {
		if r.Code == codeToken && r.Subcode == subcode {
			return r.GraphError()
		}
	}
	err := known("token invalid")
	err.Subcode = subcode
	return err
}

const (
	oauth       = "OAuthException"
	graphMethod = "GraphMethodException"

	codeToken = 190
)

// refusal fills in what most refusals have in common.
func refusal(name, meaning string, code, subcode int, message string) Refusal {
	return Refusal{Name: name, Meaning: meaning, Code: code, Subcode: subcode, Type: oauth, Message: message, Status: http.StatusBadRequest}
}

func (r Refusal) ofType(kind string) Refusal { r.Type = kind; return r }

// passing marks a fault of the platform.
func (r Refusal) passing(status int) Refusal {
	r.IsTransient, r.Status = true, cmp.Or(status, r.Status)
	return r
}
