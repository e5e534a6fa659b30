package dev.sharegpt4v.server.bench.gpu;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GPU's compute capability.
 *
 * @param major generation
 * @param minor within it
 */
public record Architecture(int major, int minor) implements Comparable<Architecture> {

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,3})\\.([0-9])");

    /**
     * Reads {@code 9.0}.
     *
     * @throws IllegalArgumentException when it is no such text
     */
    public static Architecture parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no compute capability such as 9.0");
        }
        return new Architecture(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** As fat binaries number them: 90 is 9.0. */
    static Architecture ofNumber(int number) {
        return new Architecture(number / 10, number % 10);
    }

    /** Whether a GPU of this capability runs machine code for another: of the same generation, and not newer. */
    boolean runs(Architecture code) {
        return code.major == major && code.minor <= minor;
    }

    @Override
    public int compareTo(Architecture other) {
        return major == other.major ? Integer.compare(minor, other.minor) : Integer.compare(major, other.major);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
