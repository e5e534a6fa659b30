package dev.sharegpt4v.runtime.grammar;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntFunction;

/**
 * The byte strings of a vocabulary as a tree in one walk's order: a node, then all below it, then what comes beside it.
 * Immutable.
 */
public final class TokenTrie {

    private final byte[][] pieces;
    private final byte[] values;
    private final int[] ends;
    private final short[] depths;
    private final int[] tokenStarts;
    private final int[] tokens;
    private final int deepest;

    private TokenTrie(byte[][] pieces) {
        this.pieces = pieces;
        Integer[] order = new Integer[pieces.length];
        Arrays.setAll(order, id -> id);
        Arrays.sort(order, Comparator.comparing((Integer id) -> pieces[id], Arrays::compareUnsigned));
        int most = 0;
        for (byte[] piece : pieces) {
            most += piece.length;
        }
        byte[] value = new byte[most];
        short[] depth = new short[most];
        int[] start = new int[most + 1];
        int[] ids = new int[pieces.length];
        int nodes = 0;
        int count = 0;
        int longest = 0;
        byte[] before = new byte[0];
        for (int id : order) {
            byte[] piece = pieces[id];
            int shared = Arrays.mismatch(before, piece);
            shared = shared < 0 ? piece.length : Math.min(shared, before.length);
            for (int i = shared; i < piece.length; i++) {
                value[nodes] = piece[i];
                depth[nodes] = (short) i;
                start[nodes++] = count;
            }
            if (piece.length > 0) {
                ids[count++] = id;
            }
            longest = Math.max(longest, piece.length);
            before = piece;
        }
        start[nodes] = count;
        this.values = Arrays.copyOf(value, nodes);
        this.depths = Arrays.copyOf(depth, nodes);
        this.tokenStarts = Arrays.copyOf(start, nodes + 1);
        this.tokens = Arrays.copyOf(ids, count);
        this.deepest = longest;
        this.ends = ends(depths);
    }

    /**
     * The tree of a vocabulary.
     *
     * @param size ids from 0 on
     * @param piece the bytes of an id; none for tokens that are never text
     */
    public static TokenTrie of(int size, IntFunction<byte[]> piece) {
        byte[][] pieces = new byte[size][];
        for (int id = 0; id < size; id++) {
            pieces[id] = piece.apply(id);
            if (pieces[id].length > Short.MAX_VALUE) {
                throw new IllegalArgumentException("token " + id + " has " + pieces[id].length + " bytes");
            }
        }
        return new TokenTrie(pieces);
    }

    private static int[] ends(short[] depths) {
        int[] ends = new int[depths.length];
        int[] open = new int[depths.length + 1];
        int size = 0;
        for (int node = 0; node <= depths.length; node++) {
            int depth = node < depths.length ? depths[node] : 0;
            while (size > depth) {
                ends[open[--size]] = node;
            }
            open[size++] = node;
        }
        return ends;
    }

    int vocabularySize() {
        return pieces.length;
    }

    /** The bytes of an id, not to be changed; none for what is no text. */
    byte[] piece(int id) {
        return id >= 0 && id < pieces.length ? pieces[id] : new byte[0];
    }

    int nodes() {
        return values.length;
    }

    /** Bytes of the longest token. */
    int deepest() {
        return deepest;
    }

    int value(int node) {
        return values[node] & 0xff;
    }

    /** How many nodes stand above. */
    int depth(int node) {
        return depths[node];
    }

    /** The first node that is not below. */
    int end(int node) {
        return ends[node];
    }

    /** Sets the bits of the tokens that end at a node. */
    void mark(int node, long[] mask) {
        for (int i = tokenStarts[node]; i < tokenStarts[node + 1]; i++) {
            mask[tokens[i] >> 6] |= 1L << tokens[i];
        }
    }
}
