package dev.sharegpt4v.runtime.sampling;

/** What texts an answer may be; immutable for its users and shared by any number of answers. Thread-safe. */
public interface TokenConstraint {

    /** A matcher that has seen nothing. */
    TokenMatcher start();
}
