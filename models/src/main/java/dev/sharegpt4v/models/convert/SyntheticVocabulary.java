package dev.sharegpt4v.models.convert;

import dev.sharegpt4v.models.text.SentencePieceModel;
import dev.sharegpt4v.models.text.SentencePieceModel.Kind;
import dev.sharegpt4v.models.text.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A vocabulary in LLaMA's order for a model that was never trained: control pieces, bytes, then pieces that were not
 * learned but listed, by rising length: printable characters and all runs of up to three letters, also behind a space.
 * Any text can be encoded, English at about three characters a token.
 */
final class SyntheticVocabulary {

    private static final String SPACE = "\u2581";
    private static final int BYTES = 256;

    private SyntheticVocabulary() {}

    /**
     * A vocabulary.
     *
     * @throws ConversionException when the size leaves no room for control pieces, bytes and the space
     */
    static SentencePieceModel ofSize(int size) {
        List<Piece> pieces = new ArrayList<>(List.of(
                new Piece("<unk>", 0, Kind.UNKNOWN),
                new Piece("<s>", 0, Kind.CONTROL),
                new Piece("</s>", 0, Kind.CONTROL)));
        if (size < pieces.size() + BYTES + SPACE.length()) {
            throw new ConversionException(
                    ConversionException.Kind.UNSUPPORTED_MODEL,
                    "a vocabulary of %d pieces cannot hold every byte".formatted(size));
        }
        IntStream.range(0, BYTES)
                .mapToObj(value -> new Piece("<0x%02X>".formatted(value), 0, Kind.BYTE))
                .forEach(pieces::add);
        // Earlier pieces merge first, as in vocabularies that were learned.
        texts().limit(size - pieces.size()).forEach(text -> pieces.add(new Piece(text, -pieces.size(), Kind.NORMAL)));
        IntStream.range(pieces.size(), size)
                .forEach(id -> pieces.add(new Piece("<unused_" + id + ">", -id, Kind.UNUSED)));
        return new SentencePieceModel(pieces);
    }

    private static Stream<String> texts() {
        return Stream.of(
                        Stream.of(SPACE),
                        characters('!', '~'),
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
        return length == 1
                ? characters('a', 'z')
                : characters('a', 'z').flatMap(first -> runs(length - 1).map(first::concat));
    }

    private static Stream<String> characters(int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(Character::toString);
    }
}
