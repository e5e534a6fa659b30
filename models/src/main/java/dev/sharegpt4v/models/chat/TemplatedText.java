package dev.sharegpt4v.models.chat;

import dev.sharegpt4v.models.jinja.Text;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.ArrayList;
import java.util.List;

/**
 * What a chat template of Jinja's said. Where the template itself says {@code <image>}, {@code <s>} or {@code </s>}, a
 * picture or a special token stands; a caller's words are words.
 *
 * @param text that it said
 * @param images in the order of their places
 */
public record TemplatedText(Text text, List<ImageInput> images) implements PromptSource {

    /** The begin token, as templates spell it. */
    public static final String BEGIN = "<s>";
    /** The end token, as templates spell it. */
    public static final String END = "</s>";

    private static final List<String> MARKS = List.of(RenderedText.IMAGE, BEGIN, END);

    public TemplatedText {
        images = List.copyOf(images);
        int places = places(text);
        if (places != images.size()) {
            throw new ChatException("the template has " + places + " places for " + images.size() + " pictures");
        }
    }

    private static int places(Text text) {
        int places = 0;
        String chars = text.chars();
        for (int at = chars.indexOf(RenderedText.IMAGE); at >= 0; at = chars.indexOf(RenderedText.IMAGE, at + 1)) {
            places += text.isForeign(at, at + RenderedText.IMAGE.length()) ? 0 : 1;
        }
        return places;
    }

    /** Its pieces; the begin token is not among them where it comes first, for every prompt has it. */
    List<Segment> segments() {
        List<Segment> segments = new ArrayList<>();
        String chars = text.chars();
        int image = 0;
        int from = 0;
        boolean afterSpecial = false;
        for (int at = chars.indexOf('<'); at >= 0; at = chars.indexOf('<', at)) {
            String mark = markAt(at);
            if (mark.isEmpty()) {
                at++;
                continue;
            }
            if (at > from) {
                segments.add(new Segment.Text(chars.substring(from, at), afterSpecial));
            }
            boolean first = at == 0 && mark.equals(BEGIN);
            if (mark.equals(RenderedText.IMAGE)) {
                segments.add(new Segment.Image(images.get(image++)));
            } else if (!first) {
                segments.add(mark.equals(BEGIN) ? new Segment.Begin() : new Segment.End());
            }
            afterSpecial = !first && !mark.equals(RenderedText.IMAGE);
            at += mark.length();
            from = at;
        }
        if (from < chars.length()) {
            segments.add(new Segment.Text(chars.substring(from), afterSpecial));
        }
        return segments;
    }

    private String markAt(int at) {
        return MARKS.stream()
                .filter(mark -> text.chars().startsWith(mark, at) && !text.isForeign(at, at + mark.length()))
                .findFirst()
                .orElse("");
    }
}
