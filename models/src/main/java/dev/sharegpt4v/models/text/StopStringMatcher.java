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

    private final List<StopProgress> stops;
    private final List<String> kept;
    private final StringBuilder held = new StringBuilder();
    private Optional<String> matched = Optional.empty();

    /** A matcher that cuts stop strings off. */
    public StopStringMatcher(List<String> stops) {
        this(stops, List.of());
    }

    /** A matcher for stop strings that are cut off, and others that are kept. */
    public StopStringMatcher(List<String> dropped, List<String> kept) {
        this.stops = Stream.concat(kept.stream(), dropped.stream())
                .map(StopProgress::new)
                .toList();
        this.kept = List.copyOf(kept);
    }

    /** Takes text and returns what can be sent; once a stop string is found, that is what stands before it or up to its end. */
    public String append(String text) {
        if (matched.isPresent()) {
            return "";
        }
        int before = held.length();
        held.append(text);
        int end = firstMatch(before, text);
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
    private int firstMatch(int before, String text) {
        int first = -1;
        int longest = 0;
        for (StopProgress stop : stops) {
            int end = stop.endIn(text);
            int at = before + end - stop.text().length();
            if (end >= 0
                    && (first < 0 || at < first || (at == first && stop.text().length() > longest))) {
                first = at;
                longest = stop.text().length();
                matched = Optional.of(stop.text());
            }
        }
        return first;
    }

    private int heldBack() {
        return stops.stream().mapToInt(StopProgress::matching).max().orElse(0);
    }
}
