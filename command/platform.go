package command

import (
	"context"
	"errors"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"github.com/djmessenger/messenger/graph"
)

// whichPage describes how the commands find the page.
const whichPage = "The page is the one of the access token in " + envPageToken + ". With " + envAppSecret + " calls are signed with it;\n" +
	envGraphURL + " and " + envGraphVersion + " name another Graph API, such as a simulator. No secret is taken from the command line."

// exitCodes describes the codes of the commands that call the platform.
const exitCodes = "The exit code is 0 if all went well, 1 if settings are wrong or the platform refused something, and 2 if the command\nline is wrong."

// interruptible lets an interrupt end the calls of an action, so that it can say what was done. A second one ends the process.
func interruptible(action func(context.Context, *cli.Command) error) cli.ActionFunc {
	return func(ctx context.Context, cmd *cli.Command) error {
		ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
		defer stop()
		context.AfterFunc(ctx, stop)
		return action(ctx, cmd)
	}
}

// codeCallback is the platform's error for a webhook that fails its verification.
const codeCallback = 2200

// codeApplication is the platform's error for an app that does not exist.
const codeApplication = 101

// codeParameter is the platform's error for a parameter, such as the proof that calls of an app need.
const codeParameter = 100

// appError is the failure of a call that bears the token of the app.
type appError struct{ error }

func (e appError) Unwrap() error { return e.error }

// ofApp marks the failure of such a call.
func ofApp(err error) error {
	if err == nil {
		return nil
	}
	return appError{err}
}

// nextStep says what to do about an error of the platform, or returns "". name is the command's.
func nextStep(name string, err error) string {
	if refused, ok := errors.AsType[*graph.Error](err); ok {
		_, byApp := errors.AsType[appError](err)
		switch {
		case refused.Code == codeApplication, byApp && errors.Is(err, graph.ErrTokenInvalid), strings.Contains(refused.Message, "validating client secret"):
			return envAppID + " and " + envAppSecret + " have to be those of one app: both are in the App Dashboard under Settings, Basic."
		case refused.Code == codeCallback:
			return "The bot has to run, to be reachable there by https from the internet, and to have the verify token of " + envVerifyToken + "."
		case refused.Code == codeParameter && strings.Contains(refused.Message, "appsecret_proof"):
			return "Set " + envAppSecret + " to the secret of the token's app: it is in the App Dashboard under Settings, Basic."
		}
	}
	_, unreachable := errors.AsType[*graph.TransportError](err)
	_, strange := errors.AsType[*graph.ResponseError](err)
	switch {
	case errors.Is(err, context.Canceled):
		return ""
	case errors.Is(err, graph.ErrTokenInvalid):
		return "See what is wrong with the token: " + name + " token check. Get a new one: " + name + " token exchange, or the App Dashboard."
	case errors.Is(err, graph.ErrPermission):
		return "See which permissions the token has: " + name + " token check."
	case errors.Is(err, graph.ErrRateLimited):
		return "Wait some minutes, and try again."
	case errors.Is(err, graph.ErrTransient):
		return "Try again."
	case unreachable:
		return "Check the network and " + envGraphURL + ", and try again."
	case strange:
		return "Check " + envGraphURL + ": what answers there is not the Graph API."
	}
	return ""
}
