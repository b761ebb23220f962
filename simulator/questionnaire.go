package simulator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// eventFeedback is what a person answers to a customer_feedback template.
type eventFeedback struct {
	Screens []feedbackScreen `json:"feedback_screens"`
}

type feedbackScreen struct {
	ID        int                       `json:"screen_id"`
	Questions map[string]feedbackAnswer `json:"questions"`
}

type feedbackAnswer struct {
	Type     string          `json:"type"`
	Payload  string          `json:"payload"`
	FollowUp *feedbackAnswer `json:"follow_up,omitempty"`
}

// feedbackQuestion is the one question of a customer_feedback template.
type feedbackQuestion struct {
	ID, Type string
	FollowUp *struct{ Type string } `json:"follow_up"`
}

// scores are the lowest and the highest answer to the types of questions that take a number.
var scores = map[string][2]int{"csat": {1, 5}, "nps": {0, 10}, "ces": {1, 7}}

// AnswerFeedback lets a person answer the question of a customer feedback template, in the message with this mid, or if it is empty in
// the newest one that has such a template. The answer is a number from 1 to 5 (csat), 0 to 10 (nps) or 1 to 7 (ces), or a text
// (free_form); the comment, which may be empty, is for a question with a follow-up. The page must be subscribed to messaging_feedback.
// See https://developers.facebook.com/docs/messenger-platform/send-messages/templates/customer-feedback-template
func (s *Simulator) AnswerFeedback(ctx context.Context, psid, mid, answer, comment string) error {
	_, err := s.act(ctx, psid, Act{Type: ActFeedback, MID: mid, Answer: answer, Text: comment}, func(c *conversation, _ time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram("a customer feedback template")
		}
		var template struct {
			Screens []struct{ Questions []feedbackQuestion } `json:"feedback_screens"`
		}
		if err := c.template(mid, &template, "customer_feedback"); err != nil {
			return doing{}, err
		}
		question := template.Screens[0].Questions[0] // the platform takes exactly one of each
		given, err := question.answer(answer, comment)
		if err != nil {
			return doing{}, err
		}
		return doing{field: "messaging_feedback", event: element{
			Feedback: &eventFeedback{[]feedbackScreen{{Questions: map[string]feedbackAnswer{question.ID: given}}}},
		}}, nil
	})
	return err
}

func (q feedbackQuestion) answer(answer, comment string) (feedbackAnswer, error) {
	given := feedbackAnswer{Type: q.Type, Payload: answer}
	if limits, ok := scores[q.Type]; ok {
		if n, err := strconv.Atoi(answer); err != nil || n < limits[0] || n > limits[1] {
			return given, &controlError{err: fmt.Errorf("simulator: the answer to a %s question is a number from %d to %d, not %q", q.Type, limits[0], limits[1], answer), field: "answer"}
		}
	}
	if answer == "" {
		return given, &controlError{err: errors.New("simulator: the answer is empty"), field: "answer"}
	}
	if comment == "" {
		return given, nil
	}
	if q.FollowUp == nil {
		return given, &controlError{err: errors.New("simulator: the question has no follow-up that a comment could answer"), field: "text"}
	}
	given.FollowUp = &feedbackAnswer{Type: q.FollowUp.Type, Payload: comment}
	return given, nil
}

// eventInformation is what a person fills in on a customer_information template.
type eventInformation struct {
	Screens []informationScreen `json:"screens"`
}

type informationScreen struct {
	ID        string                `json:"screen_id"`
	Responses []informationResponse `json:"responses"`
}

type informationResponse struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// GiveInformation lets a person fill in a customer information template, in the message with this mid, or if it is empty in the newest
// one that has such a template. The answers are by key, such as name or zip; the keys are not checked. The page must be subscribed to
// messaging_customer_information.
func (s *Simulator) GiveInformation(ctx context.Context, psid, mid string, answers map[string]string) error {
	if len(answers) == 0 {
		return &controlError{err: errors.New("simulator: there are no answers"), field: "answers"}
	}
	screen := informationScreen{}
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		screen.Responses = append(screen.Responses, informationResponse{key, answers[key]})
	}
	_, err := s.act(ctx, psid, Act{Type: ActInformation, MID: mid, Answers: maps.Clone(answers)}, func(c *conversation, _ time.Time) (doing, error) {
		if s.home[psid].instagram {
			return doing{}, errNotOnInstagram("a customer information template")
		}
		var template struct{ Purpose string }
		if err := c.template(mid, &template, "customer_information"); err != nil {
			return doing{}, err
		}
		screen.ID = strings.ToLower(template.Purpose)
		if screen.ID == "" {
			screen.ID = "shipping"
		}
		return doing{field: "messaging_customer_information", event: element{Information: &eventInformation{[]informationScreen{screen}}}}, nil
	})
	return err
}
