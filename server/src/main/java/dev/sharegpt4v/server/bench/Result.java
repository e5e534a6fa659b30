package dev.sharegpt4v.server.bench;

/**
 * A measurement and what it found.
 *
 * @param run as it went
 * @param figures added up
 */
public record Result(Run run, Figures figures) {}
