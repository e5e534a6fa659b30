package dev.sharegpt4v.models.image;

import java.util.Arrays;

/** Which codes hold where: a picture may be cut into squares, each of which names a group of codes. */
final class LosslessGroups {

    /** Hostile files name tens of thousands of groups; published ones have a few thousand symbols in all. */
    private static final int MOST_NUMBERS = 16 << 20;

    private final LosslessCodes[] groups;
    private final int[] places;
    private final int bits;
    private final int across;

    private LosslessGroups(LosslessCodes[] groups, int[] places, int bits, int across) {
        this.groups = groups;
        this.places = places;
        this.bits = bits;
        this.across = across;
    }

    /**
     * Reads the groups.
     *
     * @param squares the pixels that name groups by red and green, or nothing where one group serves all
     */
    static LosslessGroups read(LosslessBits bits, int cachedColours, int[] squares, int squareBits, int across) {
        int[] places = new int[squares.length];
        Arrays.setAll(places, i -> squares[i] >> 8 & 0xffff);
        int count = Arrays.stream(places).max().orElse(0) + 1;
        boolean[] used = new boolean[count];
        for (int place : places) {
            used[place] = true;
        }
        LosslessCodes[] groups = new LosslessCodes[count];
        long size = 0;
        for (int i = 0; i < count; i++) {
            LosslessCodes codes = LosslessCodes.read(bits, cachedColours);
            if (squares.length == 0 || used[i]) {
                groups[i] = codes;
                size += codes.size();
            }
            if (size > MOST_NUMBERS) {
                throw new ImageException(ImageException.Kind.TOO_LARGE, "the WebP has more codes than any picture");
            }
        }
        return new LosslessGroups(groups, places, squareBits, across);
    }

    LosslessCodes at(int x, int y) {
        return places.length == 0 ? groups[0] : groups[places[(y >> bits) * across + (x >> bits)]];
    }

    /** Whether the codes may change between this pixel and the one before in its row. */
    boolean mayChange(int x) {
        return (x & (1 << bits) - 1) == 0;
    }
}
