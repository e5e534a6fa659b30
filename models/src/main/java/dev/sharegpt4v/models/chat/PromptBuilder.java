package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.ImageSpan;
import dev.sharegpt4v.runtime.engine.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Conversations to prompts: renders the template, tokenises the text between images, and reserves the images' positions.
 *
 * <p>Each stretch of text is tokenised on its own, as the reference's {@code tokenizer_image_token} does. Thread-safe.
 */
public final class PromptBuilder {

    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final int beginToken;
    private final int endToken;

    public PromptBuilder(Tokenizer tokenizer, ChatTemplate template, int beginToken, int endToken) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.beginToken = beginToken;
        this.endToken = endToken;
    }

    public ChatTemplate template() {
        return template;
    }

    private List<Segment> segments(PromptSource source) {
        return switch (source) {
            case Conversation conversation -> TemplateRenderer.render(template, conversation);
            case TemplatedText text -> text.segments();
        };
    }

    /** The prompt of a conversation, or of what another template made of one. */
    public Prompt build(PromptSource source) {
        IdBuffer ids = new IdBuffer();
        List<ImageSpan> images = new ArrayList<>();
        ids.add(beginToken);
        for (Segment segment : segments(source)) {
            switch (segment) {
                case Segment.Text(String text, boolean afterSpecial) ->
                    ids.addAll(afterSpecial ? tokenizer.encodeAfterSpecial(text) : tokenizer.encode(text));
                case Segment.Image image -> {
                    images.add(new ImageSpan(ids.size(), image.image()));
                    ids.addPlaceholders(image.image().featureRows());
                }
                case Segment.Begin _ -> ids.add(beginToken);
                case Segment.End _ -> ids.add(endToken);
            }
        }
        return new Prompt(ids.toArray(), images);
    }

    /** The ids of a text that no template is put around, after the begin token where that is wanted. */
    public int[] encode(String text, boolean withBegin) {
        IdBuffer ids = new IdBuffer();
        if (withBegin) {
            ids.add(beginToken);
        }
        ids.addAll(tokenizer.encode(text));
        return ids.toArray();
    }

    /** The prompt as text, with markers for images and end tokens; for people and golden files. */
    public String render(PromptSource source) {
        return renderText(source).text();
    }

    /** The same, and where the markers of images stand. */
    public RenderedText renderText(PromptSource source) {
        StringBuilder text = new StringBuilder();
        List<Integer> images = new ArrayList<>();
        for (Segment segment : segments(source)) {
            switch (segment) {
                case Segment.Text words -> text.append(words.text());
                case Segment.Image _ -> {
                    images.add(text.length());
                    text.append(RenderedText.IMAGE);
                }
                case Segment.Begin _ -> text.append(TemplatedText.BEGIN);
                case Segment.End _ -> text.append(TemplatedText.END);
            }
        }
        return new RenderedText(text.toString(), images);
    }

    private static final class IdBuffer {
        private int[] ids = new int[1024];
        private int size;

        void add(int id) {
            ids = ensure(1);
            ids[size++] = id;
        }

        void addAll(int[] more) {
            ids = ensure(more.length);
            System.arraycopy(more, 0, ids, size, more.length);
            size += more.length;
        }

        void addPlaceholders(int count) {
            ids = ensure(count);
            Arrays.fill(ids, size, size + count, Prompt.IMAGE_PLACEHOLDER);
            size += count;
        }

        int size() {
            return size;
        }

        int[] toArray() {
            return Arrays.copyOf(ids, size);
        }

        private int[] ensure(int more) {
            return size + more <= ids.length ? ids : Arrays.copyOf(ids, Math.max(ids.length * 2, size + more));
        }
    }
}
