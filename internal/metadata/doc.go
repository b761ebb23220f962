// Package metadata carries the idempotency key of a send in the metadata of its message. The platform returns metadata
// on the message's echo, so the echo proves that the send was executed, although the platform has no idempotency keys.
package metadata
