package dev.sharegpt4v.models.text;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Watches a stream of text for stop strings; text that may begin one is held back until it is clear.
 *
 * <p>A stop string is cut off, or is the last of the text, as the caller wishes.
 */
public final class StopStringMatcher {

    private final List<String> stops;
    private final List<String> kept;
    private final StringBuilder held = new StringBuilder();
    private Optional<String> matched = Optional.empty();

    /** A matcher that cuts stop strings off. */
    public StopStringMatcher(List<String> stops) {
        this(stops, List.of());
    }

    /** A matcher for stop strings that are cut off, and others that are kept. */
    public StopStringMatcher(List<String> dropped, List<String> kept) {
        this.stops = Stream.concat(kept.stream(), dropped.stream()).toList();
        this.kept = List.copyOf(kept);
        if (stops.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("a stop string is not empty");
        }
    }

    /** Takes text and returns what can be sent; once a stop string is found, that is what stands before it or up to its end. */
    public String append(String text) {
        if (matched.isPresent()) {
            return "";
        }
        held.append(text);
        int end = firstMatch();
        if (end < 0) {
            end = held.length() - heldBack();
        }
        if (matched.isPresent() && kept.contains(matched.get())) {
            end += matched.get().length();
        }
        String safe = held.substring(0, end);
        held.delete(0, end);
        return safe;
    }

    /** What is left when no more text comes. */
    public String finish() {
        String rest = matched.isPresent() ? "" : held.toString();
        held.setLength(0);
        return rest;
    }

    /** The stop string that ended the text. */
    public Optional<String> matched() {
        return matched;
    }

    /** Where the earliest stop string begins; of several at one place the longest counts. */
    private int firstMatch() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            boolean better = at >= 0
                    && (first < 0
                            || at < first
                            || (at == first
                                    && stop.length() > matched.orElse("").length()));
            if (better) {
                first = at;
                matched = Optional.of(stop);
            }
        }
        return first;
    }

    private int heldBack() {
        int longest = 0;
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
                if (stop.startsWith(held.substring(held.length() - length))) {
                    longest = length;
                }
            }
        }
        return longest;
    }
}
