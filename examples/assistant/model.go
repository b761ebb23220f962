package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/djmessenger/messenger/handling"
)

// maxAnswer is how many bytes of an answer of the model's service are read.
const maxAnswer = 1 << 20

// model is a language model behind an HTTP endpoint of the form that OpenAI has: POST {url}/chat/completions.
type model struct {
	client *http.Client
	url    string // such as http://localhost:11434/v1
	key    string // may be empty
	name   string
	stream bool
	// patience is how long it may take to answer.
	patience time.Duration
}

// turn is something that was said, as the endpoint takes it.
type turn struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// choices are the answer, or a piece of it.
type choices struct {
	Choices []struct {
		Message turn `json:"message"`
		Delta   turn `json:"delta"`
	} `json:"choices"`
}

var errNoAnswer = errors.New("the model's service gave no answer")

// ask returns what the model says next. Errors of the service that pass are retried when it says so; its refusals are permanent.
func (m model) ask(ctx context.Context, said []turn) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, m.patience)
	defer cancel()
	body, err := json.Marshal(map[string]any{"model": m.name, "messages": said, "stream": m.stream})
	if err != nil {
		return "", handling.Permanent(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(m.url, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return "", handling.Permanent(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if m.key != "" {
		r.Header.Set("Authorization", "Bearer "+m.key)
	}
	answer, err := m.client.Do(r)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode == http.StatusTooManyRequests:
		return "", errors.Join(errNoAnswer, handling.RetryAfter(retryAfter(answer.Header)))
	case answer.StatusCode >= http.StatusInternalServerError:
		return "", fmt.Errorf("%w: HTTP %d", errNoAnswer, answer.StatusCode)
	case answer.StatusCode != http.StatusOK:
		return "", handling.Permanent(fmt.Errorf("%w: HTTP %d", errNoAnswer, answer.StatusCode))
	}
	text, err := m.read(io.LimitReader(answer.Body, maxAnswer))
	if text = strings.TrimSpace(text); err == nil && text == "" {
		err = errNoAnswer
	}
	return text, err
}

// retryAfter is when the service wants to be asked again.
func retryAfter(header http.Header) time.Duration {
	seconds, err := strconv.Atoi(header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return 10 * time.Second
	}
	return time.Duration(min(seconds, 600)) * time.Second
}

// read reads an answer, whole or in pieces. Of a service that gives several, the first one counts.
func (m model) read(body io.Reader) (string, error) {
	var c choices
	if !m.stream {
		if err := json.NewDecoder(body).Decode(&c); err != nil {
			return "", fmt.Errorf("%w: %w", errNoAnswer, err)
		}
		if len(c.Choices) == 0 {
			return "", errNoAnswer
		}
		return c.Choices[0].Message.Content, nil
	}
	var text strings.Builder
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, maxAnswer)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data:")
		if !ok {
			continue // an empty line, or a comment that keeps the connection alive
		}
		if data = strings.TrimSpace(data); data == "[DONE]" {
			return text.String(), nil
		}
		c = choices{}
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			return "", fmt.Errorf("%w: %w", errNoAnswer, err)
		}
		if len(c.Choices) > 0 {
			text.WriteString(c.Choices[0].Delta.Content)
		}
	}
	// Half an answer is none.
	return "", errors.Join(errNoAnswer, lines.Err(), io.ErrUnexpectedEOF)
}
