package dev.sharegpt4v.server.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * One of several equal parts of a list: every {@code count}-th element, from {@code index} on.
 *
 * @param index from 0
 * @param count of parts
 */
record Shard(int index, int count) {

    static final Shard ALL = new Shard(0, 1);

    Shard {
        if (count < 1 || index < 0 || index >= count) {
            throw new IllegalArgumentException("a shard is INDEX/COUNT with an index from 0 to COUNT - 1");
        }
    }

    <T> List<T> of(List<T> all) {
        List<T> own = new ArrayList<>();
        for (int i = index; i < all.size(); i += count) {
            own.add(all.get(i));
        }
        return own;
    }

    /** Reads {@code INDEX/COUNT}. */
    static final class Reader implements ITypeConverter<Shard> {
        @Override
        public Shard convert(String text) {
            String[] parts = text.split("/", -1);
            try {
                if (parts.length == 2) {
                    return new Shard(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                }
            } catch (IllegalArgumentException e) {
                // Told below.
            }
            throw new TypeConversionException("'" + text + "' is not INDEX/COUNT, such as 0/4");
        }
    }
}
