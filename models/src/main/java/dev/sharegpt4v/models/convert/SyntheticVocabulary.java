package dev.sharegpt4v.models.convert;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A vocabulary in LLaMA's order for a model that was never trained: control pieces, bytes, then pieces that were not
 * learned but listed, by rising length: printable characters and all runs of up to three letters, also behind a space.
 * Any text can be encoded, English at about three characters a token.
 */
final class SyntheticVocabulary {

    /** Control pieces and bytes, without which not every text can be encoded. */
    static final int SMALLEST_SIZE = 3 + 256;

    private static final String SPACE = "\u2581";

    private SyntheticVocabulary() {}

    /** What a piece is, with its number in SentencePiece files. */
    enum Kind {
        NORMAL(1),
        UNKNOWN(2),
        CONTROL(3),
        UNUSED(5),
        BYTE(6);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }

    /** One piece; its id is its place in the list. */
    record Piece(String text, Kind kind) {}

    /** A vocabulary of the given size, at least {@link #SMALLEST_SIZE}. */
    static List<Piece> ofSize(int size) {
        List<Piece> pieces = new ArrayList<>(size);
        pieces.add(new Piece("<unk>", Kind.UNKNOWN));
        pieces.add(new Piece("<s>", Kind.CONTROL));
        pieces.add(new Piece("</s>", Kind.CONTROL));
        for (int value = 0; value < 256; value++) {
            pieces.add(new Piece("<0x%02X>".formatted(value), Kind.BYTE));
        }
        texts().limit(size - pieces.size()).map(text -> new Piece(text, Kind.NORMAL)).forEach(pieces::add);
        for (int id = pieces.size(); id < size; id++) {
            pieces.add(new Piece("<unused_" + id + ">", Kind.UNUSED));
        }
        return pieces;
    }

    private static Stream<String> texts() {
        Stream<String> characters =
                Stream.iterate('!', c -> c <= '~', c -> (char) (c + 1)).map(String::valueOf);
        return Stream.of(
                        Stream.of(SPACE),
                        characters,
                        runs(2),
                        runs(1).map(SPACE::concat),
                        runs(1).map(run -> SPACE + run.toUpperCase(Locale.ROOT)),
                        runs(2).map(SPACE::concat),
                        runs(3),
                        runs(3).map(SPACE::concat))
                .flatMap(group -> group);
    }

    /** All runs of lower-case letters of a length, in alphabetical order. */
    private static Stream<String> runs(int length) {
        Stream<String> letters = Stream.iterate('a', c -> c <= 'z', c -> (char) (c + 1)).map(String::valueOf);
        return length == 1 ? letters : letters.flatMap(first -> runs(length - 1).map(first::concat));
    }
}
