package simulator

import (
	"fmt"
	"net/http"
	"strings"
)

// GraphError is the error object of a Graph answer, see
// https://developers.facebook.com/docs/messenger-platform/error-codes
type GraphError struct {
	Message     string `json:"message"`
	Type        string `json:"type"` // OAuthException if empty
	Code        int    `json:"code"`
	Subcode     int    `json:"error_subcode,omitempty"`
	UserTitle   string `json:"error_user_title,omitempty"`
	UserMessage string `json:"error_user_msg,omitempty"`
	IsTransient bool   `json:"is_transient,omitempty"`
	TraceID     string `json:"fbtrace_id"` // drawn if empty

	status int // HTTP; 400 if zero
}

// Error returns code, subcode and message.
func (e *GraphError) Error() string {
	return fmt.Sprintf("graph error %d/%d: %s", e.Code, e.Subcode, e.Message)
}

// filled returns the error as it is sent.
func (e *GraphError) filled() GraphError {
	sent := *e
	if sent.Type == "" {
		sent.Type = "OAuthException"
	}
	if sent.TraceID == "" {
		sent.TraceID = newTrace()
	}
	if sent.status == 0 {
		sent.status = http.StatusBadRequest
	}
	return sent
}

// codeParameter is an invalid parameter.
const codeParameter = 100

// refuse refuses a parameter, in the platform's form, "(#code) message". Refusals
// with another code have a name: see known.
func refuse(subcode int, format string, args ...any) *GraphError {
	return &GraphError{
		Message: fmt.Sprintf("(#%d) ", codeParameter) + fmt.Sprintf(format, args...), Code: codeParameter, Subcode: subcode,
	}
}

// errNotSimulated is no refusal of the platform's: the call may well be right. It
// says so in its message and its type, in the form of an error that clients read.
func errNotSimulated(method, path string) *GraphError {
	return &GraphError{
		Message: fmt.Sprintf("The simulator does not simulate %s %s. This is not what the platform answers.", method, path),
		Type:    "NotSimulated", Code: 2500,
	}
}

func errObject(method, id string) *GraphError {
	return &GraphError{
		Message: fmt.Sprintf("Unsupported %s request. Object with ID '%s' does not exist, cannot be loaded due to missing "+
			"permissions, or does not support this operation.", strings.ToLower(method), id),
		Type: "GraphMethodException", Code: 100, Subcode: 33,
	}
}

func errMethod(method string) *GraphError {
	return &GraphError{Message: "Unsupported " + strings.ToLower(method) + " request.", Type: "GraphMethodException", Code: 100}
}
