package dev.sharegpt4v.server.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A file of API keys, one a line: {@code KEY}, or {@code NAME KEY [rate=REQUESTS-PER-MINUTE] [concurrency=REQUESTS] [admin]}.
 * Instead of a key its hash may stand there, {@code sha256:HEX}. Empty lines and those that start with {@code #} say nothing.
 */
public final class KeyFile {

    private static final String HASH = "sha256:";
    private static final int SHORTEST = 8;

    private KeyFile() {}

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException when it cannot be read or holds a line that is none of a key; no message holds a key
     */
    public static List<ApiKey> read(Path file) {
        try {
            return parse(Files.readString(file, StandardCharsets.UTF_8), file.toString());
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read the API keys in " + file + ": " + e.getMessage(), e);
        }
    }

    static List<ApiKey> parse(String text, String file) {
        List<ApiKey> keys = new ArrayList<>();
        Set<String> hashes = new HashSet<>();
        Set<String> names = new HashSet<>();
        int number = 0;
        for (String line : text.split("\\R", -1)) {
            number++;
            String stripped = line.strip();
            if (stripped.isEmpty() || stripped.startsWith("#")) {
                continue;
            }
            String place = "line " + number + " of " + file;
            ApiKey key = key(List.of(stripped.split("\\s+", -1)), number, place);
            if (!hashes.add(key.hash()) || !names.add(key.name())) {
                throw new IllegalArgumentException(place + " has a key or a name that was there before");
            }
            keys.add(key);
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no API key in " + file);
        }
        return List.copyOf(keys);
    }

    private static ApiKey key(List<String> words, int number, String place) {
        boolean named = words.size() > 1;
        String name = named ? words.get(0) : "key-" + number;
        if (!name.matches("[A-Za-z0-9._@-]{1,64}")) {
            throw new IllegalArgumentException(place + " has a name that is no word of letters, digits and ._@-");
        }
        OptionalInt rate = OptionalInt.empty();
        OptionalInt concurrency = OptionalInt.empty();
        boolean admin = false;
        for (String word : words.subList(Math.min(2, words.size()), words.size())) {
            if (word.startsWith("rate=")) {
                rate = limit(word.substring("rate=".length()), place);
            } else if (word.startsWith("concurrency=")) {
                concurrency = limit(word.substring("concurrency=".length()), place);
            } else if (word.equals("admin")) {
                admin = true;
            } else {
                throw new IllegalArgumentException(place + " has more than NAME KEY rate=N concurrency=N admin");
            }
        }
        return new ApiKey(name, hash(words.get(named ? 1 : 0), place), rate, concurrency, admin);
    }

    private static String hash(String key, String place) {
        if (key.startsWith(HASH)) {
            String hex = key.substring(HASH.length()).toLowerCase(Locale.ROOT);
            if (!hex.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(place + " has a hash that is no SHA-256 in hexadecimal");
            }
            return hex;
        }
        if (key.length() < SHORTEST) {
            throw new IllegalArgumentException(place + " has a key of less than " + SHORTEST + " characters");
        }
        return ApiKey.of("", key).hash();
    }

    private static OptionalInt limit(String text, String place) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(place + " has a limit that is no positive number");
        }
        return OptionalInt.of(Integer.parseInt(text));
    }
}
