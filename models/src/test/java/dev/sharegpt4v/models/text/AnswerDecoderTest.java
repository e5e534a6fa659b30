package dev.sharegpt4v.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.Tokenizers;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class AnswerDecoderTest {

    private static final int END = 2;
    private static final Tokenizer TOKENIZER = Tokenizers.demo();

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    private static String read(AnswerDecoder decoder, String text) {
        StringBuilder words = new StringBuilder();
        for (int id : TOKENIZER.encode(text)) {
            words.append(decoder.append(id));
        }
        return words.append(decoder.append(END)).append(decoder.finish()).toString();
    }

    @Test
    void anAnswerOfItsOwnBeginsWithoutASpaceAndAContinuedOneWith() {
        assertThat(read(new AnswerDecoder(TOKENIZER, List.of(), Set.of(END)), "a red circle"))
                .isEqualTo("a red circle");
        AnswerDecoder continued = new AnswerDecoder(TOKENIZER, List.of(), Set.of(END));
        continued.follow(TOKENIZER.encode("this is"));
        assertThat(read(continued, "a red circle")).isEqualTo(" a red circle");
    }

    @Test
    void everyTokensWordsBeginWhereThoseBeforeItEnd() {
        AnswerDecoder decoder = new AnswerDecoder(TOKENIZER, List.of("circle"), Set.of(END));
        String text = "a red circle, é and 字";
        StringBuilder expected = new StringBuilder();
        IncrementalDetokenizer whole = new IncrementalDetokenizer(TOKENIZER);
        for (int id : TOKENIZER.encode(text)) {
            assertThat(decoder.decoded()).isEqualTo(expected.length());
            decoder.append(id);
            expected.append(whole.append(id));
        }
        assertThat(expected.toString()).isEqualTo(text);
        assertThat(decoder.isStopped()).isTrue();
    }
}
