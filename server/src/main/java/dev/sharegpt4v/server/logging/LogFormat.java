package dev.sharegpt4v.server.logging;

/** How lines of the log look. */
public enum LogFormat {
    /** For people. */
    TEXT,
    /** One JSON object per line. */
    JSON
}
