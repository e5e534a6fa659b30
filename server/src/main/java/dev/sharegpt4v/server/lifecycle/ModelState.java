package dev.sharegpt4v.server.lifecycle;

import java.util.Locale;

/** Where a model stands. */
public enum ModelState {
    /** Not in memory: never loaded, or unloaded on request. */
    UNLOADED,
    /** Not in memory since nobody asked; the next request loads it. */
    ASLEEP,
    LOADING,
    LOADED,
    /** Takes no more requests; the running ones may end. */
    UNLOADING,
    /** The latest load failed. */
    FAILED;

    /** As answers and metrics name it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
