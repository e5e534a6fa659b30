package dev.sharegpt4v.server.access;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** The keys that open the server now. Thread-safe. */
public final class KeyRing {

    private record Entry(byte[] hash, KeyUse use) {}

    private final LongSupplier clock;
    private volatile List<Entry> entries = List.of();

    /** A ring of keys; {@code clock} counts nanoseconds. */
    public KeyRing(List<ApiKey> keys, LongSupplier clock) {
        this.clock = clock;
        replace(keys);
    }

    /** From now on these are the keys; who stays keeps what it has under way. */
    public synchronized void replace(List<ApiKey> keys) {
        Map<String, KeyUse> before = new HashMap<>();
        entries.forEach(entry -> before.put(HexFormat.of().formatHex(entry.hash()), entry.use()));
        List<Entry> after = new ArrayList<>();
        for (ApiKey key : keys) {
            KeyUse use = before.get(key.hash());
            if (use == null) {
                use = new KeyUse(key, clock);
            } else {
                use.change(key);
            }
            after.add(new Entry(HexFormat.of().parseHex(key.hash()), use));
        }
        entries = List.copyOf(after);
    }

    /** The use of a key, in a time that tells nothing of the keys: all are compared, each whole. */
    public Optional<KeyUse> find(String key) {
        byte[] hash = ApiKey.sha256(key);
        Optional<KeyUse> found = Optional.empty();
        for (Entry entry : entries) {
            if (MessageDigest.isEqual(entry.hash(), hash)) {
                found = Optional.of(entry.use());
            }
        }
        return found;
    }

    /** How many keys there are. */
    public int size() {
        return entries.size();
    }
}
