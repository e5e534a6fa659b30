package dev.sharegpt4v.server.bench.chaos;

import java.util.Optional;

/**
 * One request of a client and how the client behaves.
 *
 * @param manner of the client
 * @param request all its bytes, head and body
 * @param what it asks, in a few words
 * @param twin the same for errands whose answers must have equal text, where that is so
 */
record Errand(Manner manner, byte[] request, String what, Optional<String> twin) {}
