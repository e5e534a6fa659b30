package dev.sharegpt4v.server.batch;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Names of what is kept; they are also the names of its files, so nothing else than these is looked up. */
final class Ids {

    private static final int HEX = 32;

    private Ids() {}

    static String fresh(String prefix) {
        return prefix + hex(UUID.randomUUID());
    }

    /** The same for the same seed, so that what is made twice after a kill is one file. */
    static String of(String prefix, String seed) {
        return prefix + hex(UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)));
    }

    static boolean isOne(String prefix, String text) {
        return text.length() == prefix.length() + HEX
                && text.startsWith(prefix)
                && text.chars().skip(prefix.length()).allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    private static String hex(UUID id) {
        return id.toString().replace("-", "");
    }
}
