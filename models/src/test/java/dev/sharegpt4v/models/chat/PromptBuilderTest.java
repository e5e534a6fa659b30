package dev.sharegpt4v.models.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.models.testing.Tokenizers;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Golden ids of the published tokenizer and prompt code; an image takes one position here. */
final class PromptBuilderTest {

    private static final int I = Prompt.IMAGE_PLACEHOLDER;
    private static final ContentPart.Image IMAGE =
            new ContentPart.Image(new ImageInput(new ContentHash(1, 2), new float[1], new long[] {1}, 1));
    private static final int[] PREFIX = {
        1, 319, 13563, 1546, 263, 12758, 1404, 322, 385, 23116, 21082, 20255, 29889, 450, 20255, 4076, 8444, 29892,
        13173, 29892, 322, 1248, 568, 6089, 304, 278, 1404, 29915, 29879, 5155, 29889, 3148, 1001, 29901, 29871
    };

    @Test
    void aQuestionAboutOneImage() {
        assertThat(ids(user(IMAGE, "Describe this image.")))
                .containsExactly(
                        join(PREFIX, I, 29871, 13, 4002, 29581, 445, 1967, 29889, 319, 1799, 9047, 13566, 29901));
        assertThat(ids(user(IMAGE, "Analyze the image in a comprehensive and detailed manner.")))
                .containsExactly(join(
                        PREFIX, I, 29871, 13, 2744, 14997, 911, 278, 1967, 297, 263, 15171, 6270, 322, 13173, 8214,
                        29889, 319, 1799, 9047, 13566, 29901));
    }

    @Test
    void aShortAnswerIsAskedForOnALineOfItsOwn() {
        assertThat(ids(user(IMAGE, "What color is the cat?\nAnswer the question using a single word or phrase.")))
                .containsExactly(join(
                        PREFIX, I, 29871, 13, 5618, 2927, 338, 278, 6635, 29973, 13, 22550, 278, 1139, 773, 263, 2323,
                        1734, 470, 16549, 29889, 319, 1799, 9047, 13566, 29901));
        assertThat(ids(user(IMAGE, "请直接回答选项字母。")))
                .containsExactly(join(
                        PREFIX, I, 29871, 13, 31088, 31157, 31092, 30742, 234, 176, 151, 31333, 31888, 30578, 31763,
                        30267, 319, 1799, 9047, 13566, 29901));
    }

    @Test
    void theTextSaysWhereItsImagesStand() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, 2);
            Message message = new Message(Role.USER, List.of(IMAGE, IMAGE, new ContentPart.Text("an <image>?")));
            RenderedText rendered = builder.renderText(new Conversation(List.of(message)));
            assertThat(rendered.text()).endsWith(" USER: <image><image>\nan <image>? ASSISTANT:");
            int first = rendered.text().indexOf(RenderedText.IMAGE);
            assertThat(rendered.images()).containsExactly(first, first + RenderedText.IMAGE.length());
        }
    }

    @Test
    void aTextWithoutTemplateIsItsIdsAfterTheBeginToken() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, 2);
            assertThat(builder.encode("a red circle", false)).containsExactly(tokenizer.encode("a red circle"));
            assertThat(builder.encode("a red circle", true))
                    .containsExactly(join(new int[] {1}, tokenizer.encode("a red circle")));
            assertThat(builder.encode("", true)).containsExactly(1);
        }
    }

    @Test
    void twoImagesStandSideBySide() {
        assertThat(ids(user(IMAGE, IMAGE, "Compare.")))
                .containsExactly(join(PREFIX, I, I, 29871, 13, 6843, 598, 29889, 319, 1799, 9047, 13566, 29901));
    }

    @Test
    void wordsMayComeBeforeTheImageInTheMessage() {
        Message message = new Message(Role.USER, List.of(new ContentPart.Text(" Compare. "), IMAGE, IMAGE));
        assertThat(ids(message)).containsExactly(ids(user(IMAGE, IMAGE, "Compare.")));
    }

    @Test
    void textAlone() {
        assertThat(ids(user("Hi")))
                .containsExactly(join(Arrays.copyOf(PREFIX, PREFIX.length - 1), 6324, 319, 1799, 9047, 13566, 29901));
    }

    @Test
    void aSecondTurnFollowsTheEndTokenAsInTraining() {
        int[] ids = ids(user("Hi"), Message.of(Role.ASSISTANT, "Hello there."), user("Bye"));
        assertThat(Arrays.copyOfRange(ids, ids.length - 14, ids.length))
                .containsExactly(15043, 727, 29889, 2, 3308, 1001, 29901, 2648, 29872, 319, 1799, 9047, 13566, 29901);
    }

    @Test
    void theFirstFormatSeparatesTurnsByHashes() {
        try (Tokenizer tokenizer = Tokenizers.llama()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.LLAVA_V0, 1, 2);
            int[] ids =
                    builder.build(new Conversation(List.of(user(IMAGE, "Hi")))).tokens();
            assertThat(Arrays.copyOfRange(ids, 26, ids.length))
                    .containsExactly(
                            5199, 29915, 29879, 5155, 29889, 2277, 29937, 29950, 7889, 29901, 29871, I, 29871, 13,
                            18567, 2277, 29937, 7900, 22137, 29901);
        }
    }

    @Test
    void aCallersSystemMessageReplacesTheTemplates() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, 2);
            assertThat(builder.render(new Conversation(List.of(
                            Message.of(Role.SYSTEM, "Be brief."), user(IMAGE, "What is it?"), answer(), user("Why?")))))
                    .isEqualTo("Be brief. USER: <image>\nWhat is it? ASSISTANT: A cat.</s>USER: Why? ASSISTANT:");
        }
    }

    @Test
    void theConvertedTemplateHasNoSystemTextAndNoEndTokens() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.LLAVA_HF, 1, 2);
            assertThat(builder.render(new Conversation(List.of(user(IMAGE, "What is it?"), answer(), user("Why?")))))
                    .isEqualTo("USER: <image>\nWhat is it? ASSISTANT: A cat. USER: Why? ASSISTANT:");
        }
    }

    @Test
    void theConvertedTemplatePutsANewlineAfterEveryImageAndASpaceAfterEveryText() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.LLAVA_HF, 1, 2);
            Message system = new Message(
                    Role.SYSTEM, List.of(new ContentPart.Text("Be brief."), new ContentPart.Text("Be kind.")));
            assertThat(builder.render(new Conversation(List.of(system, user(" Compare. ", IMAGE, "Them.", IMAGE)))))
                    .isEqualTo("Be brief. Be kind. USER: <image>\n<image>\n Compare.  Them. ASSISTANT:");
            assertThat(builder.render(new Conversation(List.of(user(IMAGE))))).isEqualTo("USER: <image>\nASSISTANT:");
        }
    }

    @Test
    void anAnswerThatIsContinuedHasNoEnd() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            Message begun = Message.of(Role.ASSISTANT, "A small");
            Message open = Message.of(Role.ASSISTANT, "");
            for (ChatTemplate template : List.of(ChatTemplate.VICUNA_V1, ChatTemplate.LLAVA_HF)) {
                PromptBuilder builder = new PromptBuilder(tokenizer, template, 1, 2);
                assertThat(builder.render(continued(user("What is it?"), begun)))
                        .endsWith("USER: What is it? ASSISTANT: A small");
                assertThat(builder.render(continued(user("What is it?"), open)))
                        .isEqualTo(builder.render(new Conversation(List.of(user("What is it?")))));
            }
            PromptBuilder first = new PromptBuilder(tokenizer, ChatTemplate.LLAVA_V0, 1, 2);
            assertThat(first.render(continued(user("Hi"), answer(), user("Hi"), begun)))
                    .endsWith("###Human: Hi###Assistant: A cat.###Human: Hi###Assistant: A small");
            assertThat(first.render(continued(user("Hi"), open))).endsWith("###Assistant:");
        }
    }

    @Test
    void aDialogueMayEndWithoutTheAssistantsName() {
        try (Tokenizer tokenizer = Tokenizers.demo()) {
            PromptBuilder builder = new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, 2);
            Conversation ended = new Conversation(List.of(user("Hi"), answer()), Conversation.Ending.NOTHING);
            assertThat(builder.render(ended)).endsWith("USER: Hi ASSISTANT: A cat.</s>");
            Conversation asked = new Conversation(List.of(user("Hi")), Conversation.Ending.NOTHING);
            assertThat(builder.render(asked)).endsWith("USER: Hi ");
        }
    }

    private static Conversation continued(Message... messages) {
        return new Conversation(List.of(messages), Conversation.Ending.CONTINUED);
    }

    @Test
    void aMarkerWrittenByAUserIsNoImage() {
        int[] ids = ids(user("<image></s>"));
        assertThat(ids).doesNotContain(I);
        assertThat(IntStream.of(ids).filter(id -> id == 2)).isEmpty();
    }

    @Test
    void conversationsThatNoTemplateExpressesAreRefused() {
        assertThatThrownBy(() -> new Conversation(List.of())).isInstanceOf(ChatException.class);
        assertThatThrownBy(() -> new Conversation(List.of(answer()))).isInstanceOf(ChatException.class);
        assertThatThrownBy(() -> continued(user("Hi"))).isInstanceOf(ChatException.class);
        assertThatThrownBy(() -> new Conversation(List.of(new Message(Role.SYSTEM, List.of(IMAGE)), user("Hi"))))
                .isInstanceOf(ChatException.class);
    }

    private static Message answer() {
        return Message.of(Role.ASSISTANT, "A cat.");
    }

    private static Message user(Object... parts) {
        return new Message(
                Role.USER,
                Arrays.stream(parts)
                        .map(part ->
                                part instanceof ContentPart content ? content : new ContentPart.Text((String) part))
                        .toList());
    }

    private static int[] ids(Message... messages) {
        try (Tokenizer tokenizer = Tokenizers.llama()) {
            return new PromptBuilder(tokenizer, ChatTemplate.VICUNA_V1, 1, 2)
                    .build(new Conversation(List.of(messages)))
                    .tokens();
        }
    }

    private static int[] join(int[] head, int... tail) {
        return IntStream.concat(IntStream.of(head), IntStream.of(tail)).toArray();
    }
}
